import Diagnostics
import Foundation
import Syntax
import Testing

@Test(arguments: Programs.all)
func `every program of the manual parses without a diagnostic`(_ program: Program) {
  let result = Parser.parse(program.source, mode: program.mode)
  let shown = result.diagnostics.map { $0.rendered(in: program.source) }
  #expect(shown == [])
}
