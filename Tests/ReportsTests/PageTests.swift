import Foundation
import Journals
import Reports
import Testing
import Values

/// The HTML transcript in a real browser.
///
/// What it looks like is kept in `.build/pages`, to be looked at.
@Suite(.serialized) struct PageTests {
  private static let folder: String = {
    let tests = (#filePath as NSString).deletingLastPathComponent
    let root =
      ((tests as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    return root + "/.build/pages"
  }()

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: Self.folder,
      withIntermediateDirectories: true
    )
    let path = Self.folder + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func opened(_ html: String, _ name: String) throws -> Browser {
    let path = try write(Array(html.utf8), name)
    let browser = try Browser()
    try browser.setSize(width: 1280, height: 900)
    try browser.open(file: path)
    return browser
  }

  @Test(.timeLimit(.minutes(5)))
  func `in a browser each record is an item and each action a mark at its moment`() throws {
    let transcript = TestIncident.transcript
    let browser = try opened(try transcript.html(), "transcript.html")
    let items = try browser.evaluate("return document.querySelectorAll('#timeline .item').length")
    #expect(items.intValue == Int64(TestIncident.records.count))
    let empty = try browser.evaluate(
      "return [...document.querySelectorAll('.item .words')].filter(e => !e.innerText.trim()).length"
    )
    #expect(empty == 0)

    let marks = try browser.evaluate(
      """
      return [...document.querySelectorAll('.mark')].map(mark => {
        const plot = mark.ownerSVGElement.getBoundingClientRect()
        const line = mark.querySelector('line').getBoundingClientRect()
        return (line.left + line.width / 2 - plot.left) / plot.width
      })
      """
    ).arrayValue?.compactMap(\.numberValue)
    // From the first measured point to the last record, with two percent of room at both sides.
    let (first, last) = (-30.0 * 60, TestIncident.length)
    let expected = TestIncident.changes.map { 0.02 + ($0 - first) / (last - first) * 0.96 }
    try #require(marks?.count == expected.count)
    for (mark, place) in zip(marks ?? [], expected) { #expect(abs(mark - place) < 0.002) }

    let targets = try browser.evaluate(
      "return [...document.querySelectorAll('.mark')].map(m => "
        + "document.querySelector(m.getAttribute('href')).querySelector('h3').innerText)"
    ).arrayValue?.compactMap(\.stringValue)
    #expect(targets?.first?.contains("route all traffic of production back to dpl_8") == true)
    #expect(targets?.last?.contains("take the data of production back") == true)
    #expect(try browser.evaluate("return document.querySelectorAll('.curve').length") == 2)
    #expect(try browser.consoleMessages() == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func `nothing in a page runs, loads or escapes from being text`() throws {
    let html = try TestIncident.transcript.html()
    let browser = try opened(html, "transcript-attack.html")
    #expect(try browser.evaluate("return document.title") == "rollback.opsh")
    let foreign = try browser.evaluate(
      "return document.querySelectorAll('script,img,iframe,object,embed,form,link,[style],[onerror]').length"
    )
    #expect(foreign == 0)
    #expect(try browser.evaluate("return performance.getEntriesByType('resource').length") == 0)
    let words = try browser.evaluate("return document.body.innerText").stringValue ?? ""
    #expect(words.contains("<script>document.title='owned'</script>"))
    #expect(words.contains("\\u{202e}tac.txt"))
    // Its policy stands in the way of whatever somebody puts into it later.
    let injected = html.replacingOccurrences(
      of: "</main>",
      with: "<script>document.title='owned'</script><img src='https://example.invalid/x'></main>"
    )
    try browser.open(file: try write(Array(injected.utf8), "transcript-injected.html"))
    #expect(try browser.evaluate("return document.title") == "rollback.opsh")
    let refusals = try browser.consoleMessages()
    #expect(refusals.count { $0.contains("Content Security Policy") } >= 2, "\(refusals)")
  }

  @Test(.timeLimit(.minutes(5)))
  func `the keyboard reaches every command`() throws {
    let browser = try opened(try TestIncident.transcript.html(), "transcript-keyboard.html")
    let wanted =
      try browser.evaluate(
        """
        const all = [...document.querySelectorAll('pre.command')]
        all.forEach((e, i) => e.dataset.place = i)
        document.querySelectorAll('summary').forEach(e => e.dataset.fold = '1')
        return all.length
        """
      ).intValue ?? 0
    #expect(wanted >= 6)
    var reached: Set<String> = []
    var unseen = 0
    for _ in 0..<200 {
      try browser.pressTab()
      let focus = try browser.evaluate(
        """
        const e = document.activeElement
        if (!e || e === document.body) return null
        const box = e.getBoundingClientRect()
        const style = getComputedStyle(e)
        return {place: e.dataset.place ?? '', outline: style.outlineStyle + style.outlineWidth,
          inView: box.bottom > 0 && box.top < innerHeight}
        """
      )
      guard !focus.isNull else { break }
      if let place = focus["place"]?.stringValue, !place.isEmpty {
        reached.insert(place)
        if focus["outline"]?.stringValue?.hasPrefix("solid") != true { unseen += 1 }
        if focus["inView"] != true { unseen += 1 }
      }
    }
    #expect(reached.count == Int(wanted))
    #expect(unseen == 0)
  }

  private static let looks: [(kind: String, isDark: Bool)] = [
    ("transcript", false), ("transcript", true), ("postmortem", false), ("postmortem", true),
  ]

  @Test(.timeLimit(.minutes(5)), arguments: looks)
  func `a page can be read by day and by night, wide and narrow, and printed`(
    _ kind: String,
    _ isDark: Bool
  ) throws {
    let name = "\(kind)-\(isDark ? "dark" : "light")"
    let html =
      kind == "transcript"
      ? try TestIncident.transcript.html()
      : try PostMortem(try TestIncident.story()).text(as: "html")
    let browser = try opened(html, "\(name).html")
    try browser.setDark(isDark)
    for width in [1280, 720, 360] as [Int64] {
      try browser.setSize(width: width, height: 900)
      #expect(
        try browser.evaluate("return document.documentElement.scrollWidth").intValue ?? 0 <= width
      )
      _ = try write(try browser.picture(), "\(name)-\(width).png")
    }
    let faint = try browser.evaluate(Self.contrast).arrayValue ?? []
    #expect(faint == [], "text with less than 4.5:1")
    let back = try browser.evaluate("return getComputedStyle(document.body).backgroundColor")
    #expect(back.stringValue == (isDark ? "rgb(20, 23, 26)" : "rgb(251, 251, 250)"))
    let paper = try browser.printed()
    #expect(paper.starts(with: Array("%PDF-".utf8)))
    #expect(paper.count > 20_000)
    _ = try write(paper, "\(name).pdf")
    #expect(try browser.consoleMessages() == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func `a post-mortem's page marks each change once and leaves open what a person writes`() throws {
    let draft = PostMortem(try TestIncident.story())
    let browser = try opened(try draft.text(as: "html"), "postmortem.html")
    let marks =
      try browser.evaluate(
        "return [...document.querySelectorAll('.mark')].map(m => "
          + "document.querySelector(m.getAttribute('href')).querySelector('h3').innerText)"
      ).arrayValue?.compactMap(\.stringValue) ?? []
    #expect(marks.count == TestIncident.changes.count)
    #expect(marks.first?.contains("route all traffic") == true)
    let open =
      try browser.evaluate(
        "return [...document.querySelectorAll('.open')].map(e => getComputedStyle(e, '::before').content)"
      ).arrayValue?.compactMap(\.stringValue) ?? []
    #expect(open.count == 7)
    #expect(open.allSatisfy { $0.contains("To be written") })
    let rows = try browser.evaluate("return document.querySelectorAll('#timeline tbody tr').length")
    let moments = try TestIncident.story().moments
    #expect(rows.intValue == Int64(moments.count))
    #expect(try browser.evaluate("return performance.getEntriesByType('resource').length") == 0)
    #expect(try browser.consoleMessages() == [])
  }

  /// Lists what can hardly be read (WCAG 2.2, 1.4.3).
  private static let contrast = """
    const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
    const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2])
    const parse = t => (t.match(/[\\d.]+/g) || []).map(Number)
    const behind = e => {
      for (; e; e = e.parentElement) {
        const c = parse(getComputedStyle(e).backgroundColor)
        if (c.length === 3 || c[3] === 1) return c
      }
      return [255, 255, 255]
    }
    const found = new Set()
    for (const e of document.querySelectorAll('body *')) {
      const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
      if (!own || e.closest('.mark') || e.tagName === 'title' || e.tagName === 'desc') continue
      const style = getComputedStyle(e)
      const ink = parse(e.ownerSVGElement ? style.fill : style.color)
      const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x)
      if ((a + 0.05) / (b + 0.05) < 4.5) found.add(e.tagName + '.' + e.getAttribute('class'))
    }
    return [...found]
    """
}
