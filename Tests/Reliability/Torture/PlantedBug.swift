/// Errors planted to prove that the harness finds them: in the model of the server …
package enum ServerBug: String, CaseIterable, Sendable {
  // Transactions
  case sequenceCursor, noLock, lockAndReadInOneSnapshot, twoSnapshotPull, acknowledgesBeforeCommit
  // Sessions and deletions
  case hardDelete, forgetsUnseenDeletion, storesLateCopyAfterDeletion, overwritesOnConflict, keepsDerivedOnDeletion
  case leavesOutDeletionsOfOwn
  // Days and counters
  case addsReportedDays, doublesDerivedOnRetry, addsCounters
  // Sessions that several devices hold
  case countsTwinsTwice, forgetsNextCopy
  // Settings
  case arrivalOrderSettings, tieByArrival, unclampedClock, restampsSameStatement, dropsWinnerAtPageEnd
  case ownOlderSupersedes, leavesOutOwnSettings, losingDuplicateIsDuplicate, ignoresClockOffset
  // Resets
  case resetKeepsDays, resetKeepsSessions, resetKeepsCounters, sameMarkerResetsAgain, takesPushesFromBeforeReset
  case ignoresResetOfOthers, takesOthersFromBeforeReset
  // Pages, cursors, digests
  case skipsRowAtPageEnd, cursorJumpsToHead, digestIgnoresDeletions, digestDependsOnOrder, hidesRestart,
    leavesOutDevicesOfItems
  // Verdicts and tiers
  case swallowsUnknownDevice, shiftsPlacesAfterBadItem, badItemFailsPush
  case coarseningForgetsDeletedIds, coarseningAddsDays, coarseningLosesDays, coarseningKeepsSessions
}

/// … and in the simulated client. Never in the product.
package enum ClientBug: String, CaseIterable, Sendable {
  case forgetsOnSending, believesAnyStatus, emptiesWholeOutbox, forgetsByTopic, ignoresAnswers
  case storesCursorFirst, takesStaleAnswers, changesReplacePending
  case ignoresRestart, ignoresHoldings, resendsOnlyOwn, resendsNoDeletions, ignoresDigest
  case pushesAsOwn, keepsMarkerToItself, believesOlderMarker, keepsWhatWasCleared
  case markerFollowsTheClock, statementsFollowTheClock
}

package enum PlantedBug: Hashable, Sendable, CustomStringConvertible {
  case server(ServerBug)
  case client(ClientBug)

  package static let all = ServerBug.allCases.map(PlantedBug.server) + ClientBug.allCases.map(PlantedBug.client)

  package var description: String {
    switch self {
    case .server(let bug): "server \(bug.rawValue)"
    case .client(let bug): "client \(bug.rawValue)"
    }
  }

  var server: ServerBug? { if case .server(let bug) = self { bug } else { nil } }
  var client: ClientBug? { if case .client(let bug) = self { bug } else { nil } }
}

extension PlantedBug {
  /// A seed not long before the first history that shows the error; most show themselves within the first five hundred.
  package var firstSeed: UInt64 {
    switch self {
    case .server(.tieByArrival): 500
    case .server(.leavesOutOwnSettings): 2_200
    case .server(.coarseningLosesDays): 1_900
    default: 1
    }
  }
}
