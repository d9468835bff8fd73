/// Why a session or a day total is not stored, where more than the database must know it: the others are in sql/0026
/// (`device_refusal`, `store_sessions`).
enum Refusal {
  static let detailIsDays = "detail_is_days"
}
