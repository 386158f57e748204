namespace KlaviyoExport.Tests;

/// <summary>
/// What a test needs besides this process, as <c>[Trait(Needs.Trait, …)]</c>. <c>./test.sh fast</c> leaves these tests out, like those of
/// <see cref="StorePlace.Trait"/> over a server.
/// </summary>
internal static class Needs
{
    public const string Trait = "Needs";

    /// <summary>A database server.</summary>
    public const string Server = nameof(Server);

    /// <summary>The application in a process of its own, to kill it or to run several.</summary>
    public const string Process = nameof(Process);
}
