/// Which schema this code is written against. `make schema` writes both; a test holds them to the files in `sql/`.
package enum Schema {
  /// The number of the newest file in `sql/migrations`.
  package static let migrationNeeded: Int32 = 1
  /// `SchemaFiles.definitionsDigest` of `sql/functions` and `sql/access`.
  package static let definitionsNeeded = "2d75baf8200f3e3fdefca2adb12c2c14ee36aea5c3b7bd698a376d44bcd21331"
}
