namespace KlaviyoExport.Connections;

/// <summary>
/// Proves when a person last signed in again. Only the sign-in creates it. Services refuse one that is older than <see cref="Lifetime"/>.
/// </summary>
public sealed record FreshSignIn(string UserId, DateTimeOffset At)
{
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);
}
