/// The object id of a type, as `pg_type.oid` has it.
package struct TypeID: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  package init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }
}

/// The ids of the built-in types, which never change (`src/include/catalog/pg_type.dat`).
extension TypeID {
  /// Lets the server choose by where the value stands.
  package static let inferred = TypeID(0)

  package static let bool = TypeID(16)
  package static let bytea = TypeID(17)
  package static let char = TypeID(18)
  package static let name = TypeID(19)
  package static let int8 = TypeID(20)
  package static let int2 = TypeID(21)
  package static let int4 = TypeID(23)
  package static let regproc = TypeID(24)
  package static let text = TypeID(25)
  package static let oid = TypeID(26)
  package static let xid = TypeID(28)
  package static let json = TypeID(114)
  package static let xml = TypeID(142)
  package static let xid8 = TypeID(5069)
  package static let float4 = TypeID(700)
  package static let float8 = TypeID(701)
  package static let unknown = TypeID(705)
  package static let money = TypeID(790)
  package static let macaddr = TypeID(829)
  package static let inet = TypeID(869)
  package static let cidr = TypeID(650)
  package static let bpchar = TypeID(1042)
  package static let varchar = TypeID(1043)
  package static let date = TypeID(1082)
  package static let time = TypeID(1083)
  package static let timestamp = TypeID(1114)
  package static let timestamptz = TypeID(1184)
  package static let interval = TypeID(1186)
  package static let timetz = TypeID(1266)
  package static let bit = TypeID(1560)
  package static let varbit = TypeID(1562)
  package static let numeric = TypeID(1700)
  package static let record = TypeID(2249)
  package static let void = TypeID(2278)
  package static let uuid = TypeID(2950)
  package static let pgLSN = TypeID(3220)
  package static let jsonb = TypeID(3802)

  package static let boolArray = TypeID(1000)
  package static let byteaArray = TypeID(1001)
  package static let nameArray = TypeID(1003)
  package static let int2Array = TypeID(1005)
  package static let int4Array = TypeID(1007)
  package static let textArray = TypeID(1009)
  package static let bpcharArray = TypeID(1014)
  package static let varcharArray = TypeID(1015)
  package static let int8Array = TypeID(1016)
  package static let float4Array = TypeID(1021)
  package static let float8Array = TypeID(1022)
  package static let oidArray = TypeID(1028)
  package static let timestampArray = TypeID(1115)
  package static let dateArray = TypeID(1182)
  package static let timestamptzArray = TypeID(1185)
  package static let intervalArray = TypeID(1187)
  package static let numericArray = TypeID(1231)
  package static let uuidArray = TypeID(2951)
  package static let jsonArray = TypeID(199)
  package static let jsonbArray = TypeID(3807)

  /// The element's type of an array of a built-in type; nil for everything else.
  package var element: TypeID? { Self.elements[self] }

  private static let elements: [TypeID: TypeID] = [
    .boolArray: .bool, .byteaArray: .bytea, .nameArray: .name, .int2Array: .int2,
    .int4Array: .int4, .textArray: .text, .bpcharArray: .bpchar, .varcharArray: .varchar,
    .int8Array: .int8, .float4Array: .float4, .float8Array: .float8, .oidArray: .oid,
    .timestampArray: .timestamp, .dateArray: .date, .timestamptzArray: .timestamptz,
    .intervalArray: .interval, .numericArray: .numeric, .uuidArray: .uuid, .jsonArray: .json,
    .jsonbArray: .jsonb,
  ]
}
