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

  package static let int2vector = TypeID(22)
  package static let oidvector = TypeID(30)
  package static let cid = TypeID(29)
  package static let tid = TypeID(27)
  package static let macaddr8 = TypeID(774)
  package static let point = TypeID(600)
  package static let lseg = TypeID(601)
  package static let path = TypeID(602)
  package static let box = TypeID(603)
  package static let polygon = TypeID(604)
  package static let line = TypeID(628)
  package static let circle = TypeID(718)
  package static let tsvector = TypeID(3614)
  package static let tsquery = TypeID(3615)
  package static let jsonpath = TypeID(4072)
  package static let int4range = TypeID(3904)
  package static let numrange = TypeID(3906)
  package static let tsrange = TypeID(3908)
  package static let tstzrange = TypeID(3910)
  package static let daterange = TypeID(3912)
  package static let int8range = TypeID(3926)

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
    TypeID(143): .xml, TypeID(271): .xid8, TypeID(629): .line, TypeID(651): .cidr,
    TypeID(719): .circle, TypeID(775): .macaddr8, TypeID(791): .money, TypeID(1002): .char,
    TypeID(1010): .tid, TypeID(1011): .xid, TypeID(1012): .cid, TypeID(1017): .point,
    TypeID(1018): .lseg, TypeID(1019): .path, TypeID(1027): .polygon,
    TypeID(1040): .macaddr, TypeID(1041): .inet, TypeID(1183): .time, TypeID(1270): .timetz,
    TypeID(1561): .bit, TypeID(1563): .varbit, TypeID(3221): .pgLSN, TypeID(3643): .tsvector,
    TypeID(3645): .tsquery, TypeID(3905): .int4range, TypeID(3907): .numrange,
    TypeID(3909): .tsrange, TypeID(3911): .tstzrange, TypeID(3913): .daterange,
    TypeID(3927): .int8range, TypeID(4073): .jsonpath,
  ]
}
