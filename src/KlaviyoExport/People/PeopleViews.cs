namespace KlaviyoExport.People;

/// <summary>A person as administrators see them.</summary>
/// <param name="HasPassword">Whether they have set one here, with which they can sign in.</param>
/// <param name="Providers">The identity providers they have signed in with, each by the name its button had when they first used it; by its
/// issuer where no name was kept.</param>
public sealed record Person(string Id, string Name, string Email, Role Role, bool HasPassword, IReadOnlyList<string> Providers)
{
    /// <summary>False for people who were added and have not followed their link yet.</summary>
    public bool CanSignIn => HasPassword || Providers.Count > 0;
}

/// <summary>Somebody to add.</summary>
public sealed record NewPerson(string Name, string Email, Role Role);
