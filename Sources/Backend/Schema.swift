/// Which schema this code is written against. `make schema` writes both; a test holds them to the files in `sql/`.
package enum Schema {
  /// The number of the newest file in `sql/migrations`.
  package static let migrationNeeded: Int32 = 3
  /// `SchemaFiles.definitionsDigest` of `sql/functions` and `sql/access`.
  package static let definitionsNeeded = "32eb19d1d65dbb0bc8901426067444afd2685bc88d29e71c982bb3ac57c6d384"
}
