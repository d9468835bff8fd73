/// Errors planted in a throw-away database: the executables are the product's, what they call is not.
package enum DatabaseBug: String, CaseIterable, Sendable {
  case doesNotLock, swallowsTombstones, addsReportedDays, stampsSettingsByArrival, forgetsResetMarker
  case jumpsToHeadAtPageEnd, skipsRowAtPageEnd, hidesRestart, leavesOutDeletionsOfOwn, keepsDerivedOnDeletion
  case keepsDeletedInDigest, addsOnCoarsening, keepsDaysOnReset, countsTwinsTwice, forgetsNextCopy

  var sql: String {
    switch self {
    case .doesNotLock: DatabaseBug.edit("begin_token_request", "FOR NO KEY UPDATE", "")
    case .swallowsTombstones: DatabaseBug.trigger("INSERT", of: "tombstones", "RETURN NULL;")
    case .addsReportedDays:
      DatabaseBug.trigger(
        "UPDATE", of: "day_totals",
        """
        IF NEW.reported_sessions > OLD.reported_sessions THEN
          NEW.reported_sessions := OLD.reported_sessions + NEW.reported_sessions;
        END IF;
        RETURN NEW;
        """)
    case .stampsSettingsByArrival:
      DatabaseBug.trigger("INSERT OR UPDATE", of: "settings", "NEW.changed_at := clock_timestamp(); RETURN NEW;")
    case .forgetsResetMarker: DatabaseBug.trigger("UPDATE", of: "devices", "NEW.reset_at := NULL; RETURN NEW;")
    case .jumpsToHeadAtPageEnd:
      DatabaseBug.edit(
        "pull", "SELECT string_agg(breath.device_json(d)",
        "next_version := head; SELECT string_agg(breath.device_json(d)")
    case .skipsRowAtPageEnd: DatabaseBug.edit("sessions_between", "s.version <= p_end", "s.version < p_end")
    case .hidesRestart: DatabaseBug.edit("pull", "is_restart := ", "is_restart := false AND ")
    case .leavesOutDeletionsOfOwn: DatabaseBug.edit("pull", "t.deleted_by <> p_device", "t.device_id <> p_device")
    case .keepsDerivedOnDeletion:
      DatabaseBug.edit("delete_sessions", "IF cardinality(gone) > 0 THEN", "IF false THEN")
    case .keepsDeletedInDigest:
      DatabaseBug.edit("delete_sessions", "head.digest_high := head.digest_high # found_one.hash_high;", "")
    case .addsOnCoarsening:
      DatabaseBug.edit(
        "choose_detail", "reported_sessions = greatest(t.reported_sessions, t.derived_sessions + t.twin_sessions)",
        "reported_sessions = t.reported_sessions + t.derived_sessions")
    case .keepsDaysOnReset:
      DatabaseBug.edit("reset_device", "reported_sessions = 0, reported_active_ms = 0,", "reported_active_ms = 0,")
    case .countsTwinsTwice:
      DatabaseBug.edit("store_sessions", "IF head.has_others AND", "IF false AND")
    case .forgetsNextCopy:
      DatabaseBug.edit("settle_deleted", "PERFORM breath.settle_twins(p_account, starts);", "")
    }
  }

  /// Another text in the place of one that must be there.
  private static func edit(_ function: String, _ old: String, _ new: String) -> String {
    """
    DO $edit$
    DECLARE
      definition text := pg_get_functiondef('breath.\(function)'::regproc);
    BEGIN
      IF position($old$\(old)$old$ IN definition) = 0 THEN
        RAISE EXCEPTION 'breath.\(function) has no such text any more';
      END IF;
      EXECUTE replace(definition, $old$\(old)$old$, $new$\(new)$new$);
    END
    $edit$
    """
  }

  private static func trigger(_ event: String, of table: String, _ body: String) -> String {
    """
    CREATE FUNCTION torture.plant() RETURNS trigger LANGUAGE plpgsql AS $plant$ BEGIN \(body) END $plant$;
    GRANT USAGE ON SCHEMA torture TO PUBLIC;
    CREATE TRIGGER plant BEFORE \(event) ON breath.\(table) FOR EACH ROW EXECUTE FUNCTION torture.plant()
    """
  }
}
