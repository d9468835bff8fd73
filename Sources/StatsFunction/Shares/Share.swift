import Backend
import FoundationEssentials
import Postgres

/// What a person shows to whoever has its id, until they revoke it.
struct Share {
  let id: ShareID
  let shown: Shown
  let createdAt: Date

  static let perAccountMax: Int32 = 20

  private init(_ row: Row) throws {
    id = ShareID(try row["share_id"] as UUID)
    shown = try Shown(row)
    createdAt = try row["created_at"]
  }

  static func all(of account: AccountID) -> Pipeline<[Share]> {
    Pipeline(
      """
      SELECT share_id, content, name, created_at FROM breath.shares WHERE account_id = \(account.uuid)
      ORDER BY created_at, share_id
      """, each: Share.init)
  }

  /// In a pipeline that has the account's row. Nil when the account has all it may have.
  static func make(_ shown: Shown, _ account: AccountID) -> Pipeline<Share?> {
    Pipeline(
      """
      INSERT INTO breath.shares (account_id, share_id, content, name)
      SELECT \(account.uuid), \(ShareID().uuid), \(shown.contentNames), \(shown.name)
      WHERE (SELECT count(*) FROM breath.shares WHERE account_id = \(account.uuid)) < \(perAccountMax)
      RETURNING share_id, content, name, created_at
      """, first: Share.init)
  }

  /// Whether there was one.
  static func revoke(_ id: ShareID, of account: AccountID) -> Pipeline<Bool> {
    Pipeline(
      "DELETE FROM breath.shares WHERE account_id = \(account.uuid) AND share_id = \(id.uuid)",
      rows: { $0.affected == 1 })
  }

  /// Begins the pipeline of a reader who has nothing but the id, in the account that the share is of.
  static func open(_ id: ShareID) -> Pipeline<Shown> {
    Pipeline("SELECT content, name FROM breath.open_share(\(id.uuid))", row: { row in try Shown(row) })
  }
}

/// 122 random bits, which tell nothing of whose they are.
struct ShareID: Sendable {
  let uuid: UUID

  init() { uuid = UUID() }

  /// Nil for what cannot be one.
  init?(_ text: String) {
    guard text.utf8.count == 22, let bytes = Base64URL.decode(text), bytes.count == 16 else { return nil }
    uuid = UUID(bytes: bytes[...])
    guard self.text == text else { return nil }  // one spelling
  }

  init(_ uuid: UUID) { self.uuid = uuid }

  var text: String { Base64URL.encode(uuid.bytes) }
}
