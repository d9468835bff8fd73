/// Why a session or a day total is not stored, where more than the database must know it: `breath.device_refusal` and
/// `breath.store_sessions` have the others.
enum Refusal {
  static let detailIsDays = "detail_is_days"
}
