/// The types this module speaks, by OID; those built into the server have the same number on every installation.
/// - Source: `src/include/catalog/pg_type.dat`.
package enum PostgresType: UInt32, Sendable {
  case bool = 16
  case bytea = 17
  case name = 19
  case int8 = 20
  case int2 = 21
  case int4 = 23
  case text = 25
  case json = 114
  case float4 = 700
  case float8 = 701
  case unknown = 705
  case bpchar = 1042
  case varchar = 1043
  case date = 1082
  case timestamptz = 1184
  case uuid = 2950
  case jsonb = 3802

  case jsonArray = 199
  case boolArray = 1000
  case byteaArray = 1001
  case nameArray = 1003
  case int2Array = 1005
  case int4Array = 1007
  case textArray = 1009
  case bpcharArray = 1014
  case varcharArray = 1015
  case int8Array = 1016
  case float4Array = 1021
  case float8Array = 1022
  case dateArray = 1182
  case timestamptzArray = 1185
  case uuidArray = 2951
  case jsonbArray = 3807

  /// The type of an array's elements; nil for what is no array.
  var element: PostgresType? {
    switch self {
    case .bool, .bytea, .name, .int8, .int2, .int4, .text, .json, .float4, .float8, .unknown, .bpchar, .varchar,
      .date, .timestamptz, .uuid, .jsonb:
      nil
    case .jsonArray: .json
    case .boolArray: .bool
    case .byteaArray: .bytea
    case .nameArray: .name
    case .int2Array: .int2
    case .int4Array: .int4
    case .textArray: .text
    case .bpcharArray: .bpchar
    case .varcharArray: .varchar
    case .int8Array: .int8
    case .float4Array: .float4
    case .float8Array: .float8
    case .dateArray: .date
    case .timestamptzArray: .timestamptz
    case .uuidArray: .uuid
    case .jsonbArray: .jsonb
    }
  }
}
