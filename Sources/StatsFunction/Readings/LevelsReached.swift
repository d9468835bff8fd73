import BreathDomain
import Practice
import StrictJSON

/// `/levels`: the eight levels and where the person is on the way.
package struct LevelsReached {
  let totalXP: Int64
  var place: LevelProgress { LevelProgress(totalXP: totalXP) }

  static var reading: Reading<LevelsReached> {
    Reading("levels") { progress in LevelsReached(totalXP: progress.totalXP) }
  }

  func has(_ level: Level) -> Bool { level.xpRequired <= totalXP }
}

extension JSON {
  package init(_ reached: LevelsReached) {
    let place = reached.place
    self = [
      "totalXP": .integer(reached.totalXP), "level": JSON(place.level.number), "title": .string(place.level.title),
      "levelXP": .integer(place.levelXP), "levelSpanXP": .integer(place.levelSpanXP),
      "percent": .integer(place.percent),
      "levels": .array(
        Level.all.map { level in
          [
            "number": JSON(level.number), "title": .string(level.title), "xpRequired": .integer(level.xpRequired),
            "reached": .bool(reached.has(level)), "goalMinutes": .array(level.goalMinutes.map { JSON($0) }),
            "defaultGoalMinutes": JSON(level.defaultGoalMinutes),
          ]
        }),
    ]
  }
}
