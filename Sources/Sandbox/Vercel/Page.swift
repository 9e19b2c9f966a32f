import Values

/// One page of a list that is ordered by time, latest first.
struct Page {
  var limit: Int
  /// Both exclusive: the next page begins before the last element of this one.
  var until: Milliseconds?
  var since: Milliseconds?

  /// - Parameter maximum: the most that may be asked for at once.
  static func read(_ request: SandboxRequest, maximum: Int = 100) -> Result<Page, Refusal> {
    var page = Page(limit: 20)
    if let text = request.value("limit") {
      guard let limit = Int(text), limit > 0 else {
        return .failure(Refusal("`limit` should be number."))
      }
      guard limit <= maximum else {
        return .failure(Refusal("`limit` should be <= \(maximum)."))
      }
      page.limit = limit
    }
    // `to` and `from` are the deprecated names of the two.
    for (name, member) in [
      ("to", \Page.until), ("until", \Page.until), ("from", \Page.since), ("since", \Page.since),
    ] {
      guard let text = request.value(name) else { continue }
      guard let moment = Int64(text) else {
        return .failure(Refusal("`\(name)` should be number."))
      }
      page[keyPath: member] = moment
    }
    return .success(page)
  }

  /// The page of `elements`, which are ordered latest first, as Vercel wraps it.
  func answer<Element>(
    _ elements: [Element],
    as name: String,
    at time: (Element) -> Milliseconds,
    _ json: (Element) -> JSON
  ) -> JSON {
    let fitting = elements.filter { element in
      (until.map { time(element) < $0 } ?? true) && (since.map { time(element) > $0 } ?? true)
    }
    let shown = fitting.prefix(limit)
    let next = fitting.count > shown.count ? shown.last.map(time) : nil
    return [
      name: .array(shown.map(json)),
      "pagination": [
        "count": .int(Int64(shown.count)), "next": JSON(next), "prev": JSON(shown.first.map(time)),
      ],
    ]
  }
}
