namespace KlaviyoExport.People;

/// <summary>A person as administrators see them.</summary>
/// <param name="HasPassword">Whether they have set one here, with which they can sign in.</param>
/// <param name="HasProvider">Whether they have signed in with the identity provider.</param>
public sealed record Person(string Id, string Name, string Email, Role Role, bool HasPassword, bool HasProvider)
{
    /// <summary>False for people who were added and have not followed their link yet.</summary>
    public bool CanSignIn => HasPassword || HasProvider;
}

/// <summary>Somebody to add.</summary>
public sealed record NewPerson(string Name, string Email, Role Role);

/// <summary>A connection whose exports run in a person's name, and stop when that person is no longer an administrator.</summary>
public sealed record Dependent(int ConnectionId, string Connection, IReadOnlyList<string> Exports);
