/// A PostgreSQL type by its OID; those built into the server have the same number on every installation.
/// - Source: `src/include/catalog/pg_type.dat`.
package struct PostgresType: Hashable, Sendable {
  package let oid: UInt32
  package init(oid: UInt32) { self.oid = oid }

  package static let bool = Self(oid: 16), bytea = Self(oid: 17), name = Self(oid: 19)
  package static let int8 = Self(oid: 20), int2 = Self(oid: 21), int4 = Self(oid: 23)
  package static let float4 = Self(oid: 700), float8 = Self(oid: 701)
  package static let text = Self(oid: 25), bpchar = Self(oid: 1042), varchar = Self(oid: 1043)
  package static let json = Self(oid: 114), jsonb = Self(oid: 3802), unknown = Self(oid: 705)
  package static let date = Self(oid: 1082), timestamptz = Self(oid: 1184), uuid = Self(oid: 2950)

  private static let arrays: [(element: PostgresType, array: PostgresType)] = [
    (.bool, Self(oid: 1000)), (.bytea, Self(oid: 1001)), (.name, Self(oid: 1003)),
    (.int8, Self(oid: 1016)), (.int2, Self(oid: 1005)), (.int4, Self(oid: 1007)),
    (.float4, Self(oid: 1021)), (.float8, Self(oid: 1022)),
    (.text, Self(oid: 1009)), (.bpchar, Self(oid: 1014)), (.varchar, Self(oid: 1015)),
    (.json, Self(oid: 199)), (.jsonb, Self(oid: 3807)),
    (.date, Self(oid: 1182)), (.timestamptz, Self(oid: 1185)), (.uuid, Self(oid: 2951)),
  ]

  /// The type of an array of this type; nil when this module knows none.
  var array: PostgresType? { Self.arrays.first { $0.element == self }?.array }

  /// The type of this array's elements; nil when this is no array this module knows.
  var element: PostgresType? { Self.arrays.first { $0.array == self }?.element }
}
