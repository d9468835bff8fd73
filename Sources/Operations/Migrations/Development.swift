/// The numbered files from the time before the first release, which the baseline took the place of. A database that has
/// all of them has what the baseline makes, and goes on from there.
enum Development {
  private static let last = 49
  /// SHA-256 over the lines "number checksum" of all of them.
  private static let digest = "315d147d9b0f6340de682a26595ecfe0169dddfe66c00471a819405f55a56d25"
  private static let firstChecksum = "6469133d575a18f205527bf04a9d8e82143deb4549d80fed4351bf9a7ffa758a"

  /// - Parameter applied: checksums by number.
  /// - Throws: `MigrationError` for a database that has only some of them.
  static func isComplete(_ applied: [Int32: String]) throws -> Bool {
    guard applied[1] == firstChecksum else { return false }
    let lines = applied.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
    if SchemaFiles.checksum(of: lines.joined()) == digest { return true }
    throw MigrationError(
      "The database was made by a development version, and does not have its \(last) migrations as they were in the end. "
        + "Bring it there with the program that made it, or move its data by breath dump, and run this again.")
  }
}
