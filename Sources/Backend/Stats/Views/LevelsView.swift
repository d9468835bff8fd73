import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/levels`: the eight levels and where the person is on the way.
enum LevelsView {
  static func view(_ query: Query) -> View {
    View("levels", days: .none) { progress, _, _ in
      let place = progress.level
      return [
        "totalXP": .integer(progress.totalXP), "level": JSON(place.level.number), "title": .string(place.level.title),
        "levelXP": .integer(place.levelXP), "levelSpanXP": .integer(place.levelSpanXP),
        "percent": .integer(place.percent),
        "levels": .array(
          Level.all.map { level in
            [
              "number": JSON(level.number), "title": .string(level.title), "xpRequired": .integer(level.xpRequired),
              "reached": .bool(level.xpRequired <= progress.totalXP),
              "goalMinutes": .array(level.goalMinutes.map { JSON($0) }),
              "defaultGoalMinutes": JSON(level.defaultGoalMinutes),
            ]
          }),
      ]
    }
  }
}
