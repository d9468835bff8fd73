/// Which schema this code is written against. `make schema` writes both; a test holds them to the files in `sql/`.
package enum Schema {
  /// The number of the newest file in `sql/migrations`.
  package static let migrationNeeded: Int32 = 3
  /// `SchemaFiles.definitionsDigest` of `sql/functions` and `sql/access`.
  package static let definitionsNeeded = "4175dfb45d3ad031460e567be0ee0b6eeb4cff988ab849b38b5603f80fffe9a7"
}
