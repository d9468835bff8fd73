/// Which schema this code is written against. `make schema` writes both; a test holds them to the files in `sql/`.
package enum Schema {
  /// The number of the newest file in `sql/migrations`.
  package static let migrationNeeded: Int32 = 1
  /// `SchemaFiles.definitionsDigest` of `sql/functions` and `sql/access`.
  package static let definitionsNeeded = "34c94d7746a9c51a9ff43dde8fc415d846bea6bc1976888469aa7ae102ec736b"
}
