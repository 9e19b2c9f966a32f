internal import Journals
internal import Objects
package import Values

/// A value as a journal keeps it: for people to read, and for a run that goes on to have it again.
///
/// The field `value` is what people read. Where that alone does not tell the value, `typed` does:
/// `{"time": …}` in microseconds, `{"object": {kind, identity, environment}}`, `{"secret": name}`,
/// `{"blob": sha256}` for what is too large for a record, `{"masked": true}` for what holds a secret
/// and is therefore nowhere.
package enum RecordedValue {
  /// How an object was named in the record.
  package struct Name: Hashable, Sendable {
    package var kind: String
    package var identity: String
    package var environment: String?

    package init(kind: String, identity: String, environment: String?) {
      self.kind = kind
      self.identity = identity
      self.environment = environment
    }
  }

  /// Larger ones go beside the journal.
  static let mostBytes = 4096

  // MARK: - Writing

  /// The fields that keep a value; secrets are masked before anything is cut or hashed.
  static func fields(
    of value: Value,
    redacted: (JSON) -> JSON,
    keep: ([UInt8]) -> String?
  ) -> [JSON.Member] {
    let content = PlanHash.content(of: value)
    let clean = redacted(content)
    guard clean == content else {
      return [.init("value", Run.bounded(clean)), .init("typed", ["masked": true])]
    }
    let encoded = encode(value)
    let bytes = content.bytes(isCanonical: true)
    guard bytes.count > mostBytes else {
      guard encoded != content else { return [.init("value", content)] }
      return [.init("value", content), .init("typed", encoded ?? ["unkept": true])]
    }
    let blob = encoded.flatMap { keep($0.bytes(isCanonical: false)) }
    return [
      .init("value", Run.digest(bytes)),
      .init("typed", blob.map { ["blob": .string($0)] } ?? ["unkept": true]),
    ]
  }

  /// Nothing for what can not be had again by its record: a plan, what is pending, rows under way.
  static func encode(_ value: Value) -> JSON? {
    switch value {
    case .nothing: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .number(let number): ["number": .string("\(number)")]
    case .percent(let number): ["percent": .string("\(number)")]
    case .text(let text): .string(text)
    case .duration(let span): ["duration": .int(span.microseconds)]
    case .size(let bytes): ["size": .int(bytes)]
    case .time(let time): ["time": .int(time.microseconds)]
    case .list(let values): all(values).map { .array($0) }
    case .range(let low, let high): ["range": [.int(low), .int(high)]]
    case .record(let record):
      all(record.cells).map { cells in
        ["record": .array(zip(record.names, cells).map { [.string($0), $1] })]
      }
    case .sql(let template):
      all(template.parameters).map { parameters in
        [
          "sql": [
            "fragments": .array(template.fragments.map { .string($0) }),
            "parameters": .array(parameters),
          ]
        ]
      }
    case .secret(let secret): ["secret": .string(secret.name)]
    case .object(let object):
      [
        "object": [
          "environment": ((object as? ObjectValue)?.environment).map { .string($0) } ?? .null,
          "identity": .string(object.identity), "kind": .string(object.kindName),
        ]
      ]
    case .plan, .pending, .stream: nil
    }
  }

  private static func all(_ values: [Value]) -> [JSON]? {
    var encoded: [JSON] = []
    for value in values {
      guard let json = encode(value) else { return nil }
      encoded.append(json)
    }
    return encoded
  }

  // MARK: - Reading

  /// What a value's reading back needs of the world.
  package struct Source: Sendable {
    /// Finds an object by its name; nothing for one that can not be found by it.
    package var object: @Sendable (Name) throws(Failure) -> Value?
    package var secret: @Sendable (String) throws(Failure) -> Value?
    package var blob: @Sendable (_ sha256: String) -> [UInt8]?

    package init(
      object: @escaping @Sendable (Name) throws(Failure) -> Value?,
      secret: @escaping @Sendable (String) throws(Failure) -> Value?,
      blob: @escaping @Sendable (_ sha256: String) -> [UInt8]?
    ) {
      self.object = object
      self.secret = secret
      self.blob = blob
    }
  }

  /// Reads a value of a record; nothing where the record does not have it.
  static func value(of record: JournalRecord, from source: Source) throws(Failure) -> Value? {
    guard let shown = record["value"] else { return nil }
    return try decode(record["typed"] ?? shown, source)
  }

  static func decode(_ json: JSON, _ source: Source) throws(Failure) -> Value? {
    switch json {
    case .null: return .nothing
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    case .number(let number): return .number(number)
    case .string(let text): return .text(text)
    case .array(let elements): return try list(elements, source).map { .list($0) }
    case .object(let members):
      guard members.count == 1 else { return nil }
      return try decode(members[0].name, members[0].value, source)
    }
  }

  private static func decode(_ tag: String, _ json: JSON, _ source: Source) throws(Failure)
    -> Value?
  {
    switch tag {
    case "number": return json.stringValue.flatMap(Double.init).map { .number($0) }
    case "percent": return json.stringValue.flatMap(Double.init).map { .percent($0) }
    case "duration": return json.intValue.map { .duration(TimeSpan(microseconds: $0)) }
    case "size": return json.intValue.map { .size($0) }
    case "time": return json.intValue.map { .time(Time(microseconds: $0)) }
    case "range":
      guard let low = json[0]?.intValue, let high = json[1]?.intValue else { return nil }
      return .range(low, high)
    case "record": return try record(json, source)
    case "sql": return try sql(json, source)
    case "secret":
      return try json.stringValue.flatMap { (name) throws(Failure) in try source.secret(name) }
    case "object": return try object(json, source)
    case "blob":
      guard let hash = json.stringValue, let bytes = source.blob(hash),
        let kept = try? JSON.parse(bytes)
      else { return nil }
      return try decode(kept, source)
    default: return nil
    }
  }

  private static func list(_ elements: [JSON], _ source: Source) throws(Failure) -> [Value]? {
    var values: [Value] = []
    for element in elements {
      guard let value = try decode(element, source) else { return nil }
      values.append(value)
    }
    return values
  }

  private static func record(_ json: JSON, _ source: Source) throws(Failure) -> Value? {
    var fields: [(String, Value)] = []
    for pair in json.arrayValue ?? [] {
      guard let name = pair[0]?.stringValue, let inner = pair[1],
        let value = try decode(inner, source)
      else { return nil }
      fields.append((name, value))
    }
    return .record(Record(fields: fields))
  }

  private static func sql(_ json: JSON, _ source: Source) throws(Failure) -> Value? {
    guard let fragments = json["fragments"]?.arrayValue?.compactMap(\.stringValue),
      let parameters = try list(json["parameters"]?.arrayValue ?? [], source),
      fragments.count == parameters.count + 1
    else { return nil }
    return .sql(SQLTemplate(fragments: fragments, parameters: parameters))
  }

  private static func object(_ json: JSON, _ source: Source) throws(Failure) -> Value? {
    guard let kind = json["kind"]?.stringValue, let identity = json["identity"]?.stringValue else {
      return nil
    }
    return try source.object(
      Name(kind: kind, identity: identity, environment: json["environment"]?.stringValue)
    )
  }
}
