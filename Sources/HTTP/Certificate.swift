/// The facts about a server's certificate that a person on call needs.
package struct Certificate: Hashable, Sendable {
  package let subject: String
  package let issuer: String
  /// Seconds since 1970, UTC.
  package let notBefore: Int64?
  /// Seconds since 1970, UTC.
  package let notAfter: Int64?
  /// The DNS names and IP addresses that it is for.
  package let names: [String]

  /// Reads the `Name:value` lines of `CURLINFO_CERTINFO` in the words of libcurl's OpenSSL backend.
  package init?(lines: [String]) {
    var values: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let name = line[..<colon].lowercased()
      if values[name] == nil { values[name] = String(line[line.index(after: colon)...]) }
    }
    guard let subject = values["subject"] else { return nil }
    self.subject = subject
    issuer = values["issuer"] ?? ""
    notBefore = values["start date"].flatMap(Self.seconds)
    notAfter = values["expire date"].flatMap(Self.seconds)
    names = Self.names(values["x509v3 subject alternative name"] ?? "")
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { entry in
      guard let colon = entry.firstIndex(of: ":") else { return nil }
      return String(entry[colon...].dropFirst().drop { $0 == " " })
    }
  }

  /// Reads OpenSSL's `Nov 23 20:17:50 2026 GMT`.
  private static func seconds(_ text: String) -> Int64? {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let words = text.split(separator: " ")
    guard words.count >= 4, let month = months.firstIndex(of: String(words[0])) else { return nil }
    let clock = words[2].split(separator: ":").compactMap { Int64($0) }
    guard let day = Int64(words[1]), let year = Int64(words[3]), clock.count == 3,
      (1...31).contains(day), (0...9999).contains(year),
      (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    let days = daysSince1970(year: year, month: Int64(month + 1), day: day)
    return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
  }

  /// Counts days of the Gregorian calendar by eras of 400 years that begin on 1 March.
  private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
