namespace KlaviyoExport.People.SignIns;

/// <summary>How a person proved who they are when a session began, or later in it.</summary>
public enum SignInWay
{
    /// <summary>With the password only.</summary>
    Password,

    /// <summary>With the password and a code of an authenticator app.</summary>
    Authenticator,

    /// <summary>With the password and a recovery code.</summary>
    RecoveryCode,

    /// <summary>With a passkey, whose device has checked the person.</summary>
    Passkey,

    /// <summary>At the identity provider, which decides what it asks for.</summary>
    Provider,
}

/// <summary>Provides the names of the ways to sign in.</summary>
public static class SignInWayMessages
{
    public static LocalizedMessage ToMessage(this SignInWay way) => new($"People.Way.{way}");
}
