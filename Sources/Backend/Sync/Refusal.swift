import BreathDomain
import Postgres

/// Why nothing of a device's is stored, whatever it is: SQL over the account `a` and the device `d`, if there is one. NULL when
/// it may be.
enum Refusal {
  static let detailIsDays = "detail_is_days"

  static func ofSessions(_ marker: Timestamp?) -> SQL {
    """
    CASE \(ofDevice(marker)) WHEN a.detail <> 'sessions' THEN 'detail_is_days' END
    """
  }

  static func ofDays(_ marker: Timestamp?) -> SQL { "CASE \(ofDevice(marker)) END" }

  /// A later marker than the server's was applied by a statement before.
  private static func ofDevice(_ marker: Timestamp?) -> SQL {
    """
    WHEN d.device_id IS NULL THEN 'unknown_device'
          WHEN d.left_at IS NOT NULL THEN 'device_left'
          WHEN d.reset_at IS DISTINCT FROM \(marker?.date) THEN 'before_reset'
    """
  }
}
