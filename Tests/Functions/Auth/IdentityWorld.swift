import Foundation
import Postgres
import Testing

/// The identity functions of a database of a test's own, as auth calls them, without the hashing of passwords: what a
/// password is compared with is any text here, so that ten thousand histories take minutes.
final class IdentityWorld {
  private let connection: Connection
  /// The limit of all passwords, of one history.
  let everybody = "\\x" + UUID().uuidString.replacing("-", with: "")
  private var made = 0

  /// - Parameter database: prepared by `prepare`.
  init(_ database: ScratchDatabase) throws { connection = try database.connect() }

  /// A function that runs a statement and answers its one text or its SQLSTATE, and keeps what it did or does not.
  static func prepare(_ database: ScratchDatabase) throws {
    try database.connect().run(
      PostgresScript(
        trustedText: """
          CREATE FUNCTION public.ask(p_statement text, p_keeps boolean) RETURNS text LANGUAGE plpgsql AS $$
          DECLARE
            answer text;
          BEGIN
            EXECUTE p_statement INTO answer;
            IF NOT p_keeps THEN
              RAISE EXCEPTION USING ERRCODE = 'BM001', MESSAGE = coalesce(answer, 'none');
            END IF;
            RETURN coalesce(answer, 'none');
          EXCEPTION
            WHEN SQLSTATE 'BM001' THEN RETURN SQLERRM;
            WHEN OTHERS THEN RETURN SQLSTATE;
          END
          $$;
          """))
  }

  /// - Returns: 'none' for nothing, or the SQLSTATE of a refusal.
  func ask(_ statement: String, keeping: Bool = true) throws -> String {
    try #require(connection.rows("SELECT public.ask(\(statement), \(keeping)) AS value").first)["value"]
  }

  func probe(_ statement: String) throws -> String { try ask(statement, keeping: false) }

  /// Of 32 bytes that nothing else has, as SQL.
  func newHash() -> String {
    made += 1
    return "sha256('\(everybody.dropFirst(2)) \(made)')"
  }

  /// As `breath.begin_login` and its like take it. None comes back while a history runs.
  var limits: String {
    "ARRAY['\(everybody)', '\(everybody)00']::bytea[], ARRAY[3600000, 1]::float8[], ARRAY[1000000, 1000000]"
  }

  /// How many hashes were asked for.
  func charges() throws -> String {
    try ask(
      """
      SELECT coalesce(round(extract(epoch FROM max(theoretical_arrival) - clock_timestamp()) / 3600), 0)::int::text
      FROM breath.rate_limits WHERE key = '\(everybody)'
      """)
  }

  /// Everybody's, so far.
  static let tenant = "00000000-0000-4000-8000-000000000001"
  static let mail = "gen_random_uuid(), '\\x01', '\\x01'"
}
