/// The types this module speaks, by OID; those built into the server have the same number on every installation.
/// - Source: `src/include/catalog/pg_type.dat`.
package enum PostgresType: UInt32, Sendable {
  case bool = 16, bytea = 17, name = 19, int8 = 20, int2 = 21, int4 = 23, text = 25, json = 114
  case float4 = 700, float8 = 701, unknown = 705, bpchar = 1042, varchar = 1043
  case date = 1082, timestamptz = 1184, uuid = 2950, jsonb = 3802

  case jsonArray = 199, boolArray = 1000, byteaArray = 1001, nameArray = 1003, int2Array = 1005, int4Array = 1007
  case textArray = 1009, bpcharArray = 1014, varcharArray = 1015, int8Array = 1016
  case float4Array = 1021, float8Array = 1022, dateArray = 1182, timestamptzArray = 1185
  case uuidArray = 2951, jsonbArray = 3807

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
