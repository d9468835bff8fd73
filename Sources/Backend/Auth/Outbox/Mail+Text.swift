/// What mails say: short, in ASCII, and each tells somebody who did not ask for it what to do, which is mostly nothing.
extension Mail {
  var subject: String {
    switch kind {
    case .confirmAddress: "Confirm your address for Breath Master"
    case .addressTaken: "Your address and Breath Master"
    case .resetPassword: "A new password for Breath Master"
    case .passwordChanged: "Your Breath Master password was changed"
    case .secondFactorOn: "A second factor for Breath Master is on"
    case .secondFactorOff: "The second factor for Breath Master is off"
    }
  }

  var text: String {
    switch kind {
    case .confirmAddress:
      """
      Hello,

      somebody, probably you, wants to sign in to Breath Master with this address.
      To confirm it, copy this code to the machine where you asked for it:

      \(token ?? "")

      It is good for 20 minutes, and on that account only. If it was not you,
      do nothing: without the code your address is not used.
      """
    case .addressTaken:
      """
      Hello,

      somebody, probably you, wants to add this address to an account of Breath
      Master. It already belongs to one, so nothing was changed.

      If it was you: sign in with this address on the new machine, or ask for a new
      password if you do not know it any more. To bring the practice of two accounts
      together, make a pairing code on one machine and enter it on the other.

      If it was not you, do nothing.
      """
    case .resetPassword:
      """
      Hello,

      somebody, probably you, asked for a new password for Breath Master. To set
      one, enter this code where you asked for it:

      \(token ?? "")

      It is good for 20 minutes, and once. All machines are signed out then.
      If it was not you, do nothing: your password stays as it is.
      """
    case .passwordChanged:
      """
      Hello,

      the password of your Breath Master account was just changed, and your other
      machines were signed out.

      If it was not you: ask for a new password at once, then look through the list
      of your machines and revoke those that you do not know.
      """
    case .secondFactorOn:
      """
      Hello,

      your Breath Master account has a second factor now: besides the password it
      asks for a code that an app shows.

      If it was not you: somebody knows your password and uses a machine that is
      signed in. From a machine of yours, revoke the machines that you do not know
      and change the password. With one of your recovery codes, and the password,
      you can turn the second factor off.
      """
    case .secondFactorOff:
      """
      Hello,

      the second factor of your Breath Master account was just turned off. From now
      on the password alone lets a machine in.

      If it was not you: ask for a new password at once, revoke the machines that
      you do not know, and turn the second factor on again.
      """
    }
  }
}
