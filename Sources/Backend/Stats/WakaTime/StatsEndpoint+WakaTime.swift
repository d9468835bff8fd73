import FunctionRuntime

/// `/wakatime`: what a widget takes that was made for WakaTime, with `…/v1/stats/wakatime` for its API's address.
extension StatsEndpoint {
  var wakaTimeRoutes: [Route] {
    [
      // As WakaTime documents it, which scripts and widgets ask for, and as its own command line asks.
      Route(.get, "/wakatime/users/current/status_bar/today", view(keysInBasic: true) { _ in WakaTimeView.statusBar }),
      Route(.get, "/wakatime/users/current/statusbar/today", view(keysInBasic: true) { _ in WakaTimeView.statusBar }),
      Route(
        .get, "/wakatime/users/current/summaries",
        view(keysInBasic: true) { try WakaTimeView.summaries($0.query) }),
      Route(
        .get, "/wakatime/users/current/stats/{range}",
        view(keysInBasic: true) { WakaTimeView.stats($0.parameters["range"] ?? "") }),
      Route(
        .get, "/wakatime/users/current/all_time_since_today", view(keysInBasic: true) { _ in WakaTimeView.allTime }),
    ]
  }
}
