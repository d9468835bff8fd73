/// What mails say: short, in ASCII, and each tells somebody who did not ask for it what to do, which is mostly nothing.
extension Mail {
  package var subject: String {
    switch kind {
    case .confirmAddress: "Confirm your address for Breath Master"
    case .addressTaken: "Your address and Breath Master"
    case .resetPassword: "A new password for Breath Master"
    case .passwordChanged: "Your Breath Master password was changed"
    case .secondFactorOn: "A second factor for Breath Master is on"
    case .secondFactorOff: "The second factor for Breath Master is off"
    case .codesTried: "Somebody tries codes for your Breath Master account"
    case .recoveryCodesMade: "New recovery codes for Breath Master"
    case .erasureInAMonth: "Your Breath Master account will be erased in a month"
    case .erasureInAWeek: "Your Breath Master account will be erased in a week"
    }
  }

  package var text: String {
    switch kind {
    case .confirmAddress: confirmation
    case .addressTaken: Mail.addressTaken
    case .resetPassword: resetting
    case .passwordChanged: Mail.passwordChanged
    case .secondFactorOn: Mail.secondFactorOn
    case .secondFactorOff: Mail.secondFactorOff
    case .codesTried: Mail.codesTried
    case .recoveryCodesMade: Mail.recoveryCodesMade
    case .erasureInAMonth: Mail.erasureInAMonth
    case .erasureInAWeek: Mail.erasureInAWeek
    }
  }

  private var confirmation: String {
    """
    Hello,

    somebody, probably you, wants to sign in to Breath Master with this address.
    To confirm it, copy this code to the machine where you asked for it:

    \(token ?? "")

    It is good for 20 minutes, and on that account only. If it was not you,
    do nothing: without the code your address is not used.
    """
  }

  private static let addressTaken = """
    Hello,

    somebody, probably you, wants to add this address to an account of Breath
    Master. It already belongs to one, so nothing was changed.

    If it was you: sign in with this address on the new machine, or ask for a new
    password if you do not know it any more. To bring the practice of two accounts
    together, make a pairing code on one machine and enter it on the other.

    If it was not you, do nothing.
    """

  private var resetting: String {
    """
    Hello,

    somebody, probably you, asked for a new password for Breath Master. To set
    one, enter this code where you asked for it:

    \(token ?? "")

    It is good for 20 minutes, and once. All machines are signed out then, and all
    API keys end. If it was not you, do nothing: your password stays as it is.
    """
  }

  private static let passwordChanged = """
    Hello,

    the password of your Breath Master account was just changed. Your other
    machines were signed out, and pairing codes and all API keys were ended.

    A machine that was signed out can come back with its own secret, and recovery
    codes that were made before still work. If you changed the password because
    somebody else was in: revoke the machines that you do not know, and make new
    recovery codes.

    If it was not you: ask for a new password at once, then do the same.
    """

  private static let secondFactorOn = """
    Hello,

    your Breath Master account has a second factor now: besides the password it
    asks for a code that an app shows.

    If it was not you: somebody knows your password and uses a machine that is
    signed in. From a machine of yours, revoke the machines that you do not know
    and change the password. With one of your recovery codes, and the password,
    you can turn the second factor off.
    """

  private static let secondFactorOff = """
    Hello,

    the second factor of your Breath Master account was just turned off. From now
    on the password alone lets a machine in.

    If it was not you: ask for a new password at once, revoke the machines that
    you do not know, and turn the second factor on again.
    """

  private static let codesTried = """
    Hello,

    somebody who knows the password of your Breath Master account has tried wrong
    codes of your second factor several times. None let anybody in, and for a
    while no code is accepted.

    If it was you, wait a little and look at your phone's clock. If not, change
    the password now: that ends the attempts.
    """

  private static let recoveryCodesMade = """
    Hello,

    new recovery codes were just made for your Breath Master account. They take
    the place of all that there were.

    If it was not you: somebody knows your password and uses a machine that is
    signed in. Ask for a new password at once, revoke the machines that you do not
    know, and make new recovery codes.
    """

  private static let erasureInAMonth = """
    Hello,

    nobody has used your Breath Master account for 23 months. What is not used for
    two years is erased, with all of its practice: yours in a month from now.

    To keep it, sign in once, on any machine; an editor that syncs does the same.
    If you do not want it any more, do nothing.
    """

  private static let erasureInAWeek = """
    Hello,

    nobody has used your Breath Master account for two years. It will be erased in
    a week, with all of its practice, and then it cannot be brought back.

    To keep it, sign in once, on any machine; an editor that syncs does the same.
    If you do not want it any more, do nothing. There will be no other mail.
    """
}
