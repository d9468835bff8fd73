/// Which schema this code is written against. `make schema` writes both; a test holds them to the files in `sql/`.
package enum Schema {
  /// The number of the newest file in `sql/migrations`.
  package static let migrationNeeded: Int32 = 1
  /// `SchemaFiles.definitionsDigest` of `sql/functions` and `sql/access`.
  package static let definitionsNeeded = "d552d7675654383768d7f4b7bfe4545e5ccfd8f588ae17e01c82ee904f97f78f"
}
