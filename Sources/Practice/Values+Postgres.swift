package import BreathDomain
package import Postgres

// The domain's values as PostgreSQL's, so that neither module knows the other.

extension LocalDate {
  /// The caller's day, in a query that has the account as `a` and the caller's device as `d`: its zone, less the person's
  /// day start.
  package static let today: SQL =
    "((clock_timestamp() AT TIME ZONE d.time_zone) - a.day_start_minutes * interval '1 minute')::date"

  private static let postgresEpochDays = 10_957  // from 1970-01-01 to 2000-01-01

  private init(_ date: PostgresDate) { self.init(daysSince1970: Int(date.days) + LocalDate.postgresEpochDays) }

  private var postgres: PostgresDate { PostgresDate(days: Int32(daysSince1970 - LocalDate.postgresEpochDays)) }
}

extension LocalDate: PostgresBindable, PostgresBindableElement {
  package static var postgresType: PostgresType { PostgresDate.postgresType }
  package static var postgresArrayType: PostgresType { PostgresDate.postgresArrayType }
  package func encode(into encoder: inout PostgresEncoder) { postgres.encode(into: &encoder) }
}

extension LocalDate: PostgresDecodable, PostgresDecodableElement {
  package static func reads(_ type: PostgresType) -> Bool { PostgresDate.reads(type) }
  package init(postgres bytes: Swift.Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self.init(try PostgresDate(postgres: bytes, type: type))
  }
}
