import Backend
import FoundationEssentials
package import Postgres
import StrictJSON

/// The mails that wait, for whoever sends them. What a mail says is opened here and nowhere else, and erased as soon as the
/// mail has gone out.
package final class Outbox {
  private let connection: Connection
  private let vault: Vault

  /// - Parameters:
  ///   - url: of auth's own role.
  ///   - dataKey: `BREATH_DATA_KEY`.
  /// - Returns: nil when that is no key.
  package init?(url: String, caCertificate: String?, usesTransactionPooler: Bool, dataKey: String) throws(PostgresError)
  {
    guard let key = Base64URL.decode(dataKey), key.count == Vault.keyBytes else { return nil }
    vault = Vault(key: key)
    connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, usesTransactionPooler: usesTransactionPooler,
        applicationName: "breath-outbox", connectTimeout: .seconds(10)))
  }

  /// Takes mails that are due, the oldest first. Each is left alone for a while from now, and is taken again when nobody
  /// says that it went out: sent at least once, each time under the same Message-ID.
  /// - Returns: those that can be read, and how many cannot: another key sealed them, or their kind is newer than this
  ///   program. One of those must not hold up the rest.
  package func take(_ count: Int) throws(PostgresError) -> (mails: [Mail], unreadable: Int) {
    let rows = try connection.rows(
      """
      SELECT mail_id, account_id, kind, wrapped_key, payload, account_key, email, created_at
      FROM breath.take_mails(\(Int32(count))) ORDER BY created_at
      """)
    var mails: [Mail] = []
    for row in rows { if let mail = try mail(row) { mails.append(mail) } }
    return (mails, rows.count - mails.count)
  }

  package func noteSent(_ mail: Mail) throws(PostgresError) {
    _ = try connection.rows("SELECT breath.note_mail_sent(\(mail.account), \(mail.id))")
  }

  /// What maintenance writes has no key, and no content: it goes to the account's own address and says what its kind says.
  private func content(of mail: UUID, _ wrappedKey: [UInt8]?, _ payload: [UInt8]?) -> JSON? {
    guard let wrappedKey, let payload else { return wrappedKey == nil && payload == nil ? [:] : nil }
    return vault.dataKey(wrappedKey, of: mail)?.open(payload, in: .mail)
      .flatMap { try? JSON(parsing: $0, limits: .request) }
  }

  private func mail(_ row: Row) throws(PostgresError) -> Mail? {
    let (id, account): (UUID, UUID) = (try row["mail_id"], try row["account_id"])
    let (wrappedKey, payload): ([UInt8]?, [UInt8]?) = (try row["wrapped_key"], try row["payload"])
    let (accountKey, email): ([UInt8]?, [UInt8]?) = (try row["account_key"], try row["email"])
    let kindName: String = try row["kind"]
    let own = accountKey.flatMap { vault.dataKey($0, of: account) }
    guard let kind = Mail.Kind(rawValue: kindName), let content = content(of: id, wrappedKey, payload),
      let address = content["to"]?.string ?? email.flatMap({ own?.open($0, in: .email) }),
      let to = EmailAddress(address)
    else { return nil }
    return Mail(
      id: id, account: account, kind: kind, to: to, token: content["token"]?.string, madeAt: try row["created_at"])
  }
}
