import FunctionRuntime

/// `/wakatime`: what a widget takes that was made for WakaTime, with `…/v1/stats/wakatime` for its API's address.
extension StatsEndpoint {
  var wakaTimeRoutes: [Route] {
    let statusBar = view(keysInBasic: true, of: { _ in WakaTimePage.statusBar }, as: .statusBar)
    return [
      // As WakaTime documents it, which scripts and widgets ask for, and as its own command line asks.
      Route(.get, "/wakatime/users/current/status_bar/today", statusBar),
      Route(.get, "/wakatime/users/current/statusbar/today", statusBar),
      Route(
        .get, "/wakatime/users/current/summaries",
        view(keysInBasic: true, of: { try WakaTimePage.summaries($0.query) }, as: .summaries)),
      Route(
        .get, "/wakatime/users/current/stats/{range}",
        view(keysInBasic: true, of: { WakaTimeStats.reading($0.parameters["range"] ?? "") }, as: .stats)),
      Route(
        .get, "/wakatime/users/current/all_time_since_today",
        view(keysInBasic: true, of: { _ in WakaTimePage.allTime }, as: .allTime)),
    ]
  }
}
