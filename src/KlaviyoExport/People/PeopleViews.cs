namespace KlaviyoExport.People;

/// <summary>A person or service account in the list that administrators see.</summary>
/// <param name="Email">Null for a service account.</param>
/// <param name="HasPassword">Whether the person can sign in with a password of this product. Always false when passwords are
/// disabled.</param>
/// <param name="Providers">The identity providers with which the person has signed in. Each has the name that its sign-in button had at
/// the first use, or the issuer when no name was stored.</param>
public sealed record Person(string Id, string Name, string? Email, Role Role, bool HasPassword, IReadOnlyList<string> Providers)
{
    /// <summary>Whether the person can sign in. False for a person who was added but has not followed the link yet.</summary>
    public bool CanSignIn => HasPassword || Providers.Count > 0;

    /// <summary>Whether the person needs a code of an authenticator app beside the password.</summary>
    public bool HasApp { get; init; }

    /// <summary>The number of the person's passkeys.</summary>
    public int Passkeys { get; init; }

    /// <summary>Whether it is the account of a program, which only uses the HTTP API.</summary>
    public bool IsServiceAccount { get; init; }
}

/// <summary>A person to add.</summary>
public sealed record NewPerson(string Name, string Email, Role Role);
