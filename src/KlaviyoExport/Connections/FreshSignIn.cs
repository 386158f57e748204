namespace KlaviyoExport.Connections;

/// <summary>
/// When a person proved anew who they are; made by the sign-in alone. Services refuse one that is older than <see cref="Lifetime"/>.
/// </summary>
public sealed record FreshSignIn(string UserId, DateTimeOffset At)
{
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);
}
