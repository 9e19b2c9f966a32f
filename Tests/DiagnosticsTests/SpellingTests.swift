import Diagnostics
import Testing

@Test(arguments: [
  ("stat", "state"), ("wher", "where"), ("slect", "select"), ("frist", "first"),
  ("redy", "ready"), ("state", nil), ("x", nil), ("", nil), ("completely", nil),
])
func `the nearest name is near`(_ word: String, _ wanted: String?) {
  let names = ["state", "where", "select", "first", "ready"]
  #expect(Spelling.nearest(to: word, in: names) == wanted)
}

@Test func `of equals the one with the longer common start is taken`() {
  #expect(Spelling.nearest(to: "cat", in: ["bat", "car"]) == "car")
}

@Test func `swapped neighbours are one edit`() {
  #expect(Spelling.distance(Array("frist".utf8), Array("first".utf8)) == 1)
  #expect(Spelling.distance(Array("".utf8), Array("abc".utf8)) == 3)
}
