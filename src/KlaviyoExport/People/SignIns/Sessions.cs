using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.SignIns;

/// <summary>
/// The sessions of people in their browsers: begins, lists and ends them. A session that is not in the store any more is refused by pages
/// and services, on all servers.
/// </summary>
public sealed class Sessions(IDbContextFactory<AppDb> stores, Audit audit, TimeProvider clock)
{
    /// <summary>A session that was not used for this time has ended.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    /// <summary>A session has ended this time after its person last proved who they are, however much it was used.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);
    private const int BrowserLength = 300;

    /// <summary>The sessions that have not ended by their time.</summary>
    internal static IQueryable<Session> Open(AppDb db, DateTimeOffset now)
    {
        var (used, proven) = (now - Lifetime, now - Longest);
        return db.Set<Session>().Where(session => session.LastSeenAt > used && session.ProvenAt > proven);
    }

    /// <summary>Begins a session of a person who has proved who they are, and writes it into the audit.</summary>
    /// <param name="from">The network address of the browser. Null when it is unknown.</param>
    /// <param name="browser">What the browser says about itself, its User-Agent header.</param>
    /// <returns>The id of the session, a secret.</returns>
    public async Task<string> BeginAsync(AppUser user, SignInWay way, string? from, string? browser, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var session = new Session
        {
            Id = RandomNumberGenerator.GetHexString(32, lowercase: true),
            UserId = user.Id,
            Stamp = user.SecurityStamp ?? throw new ArgumentException("The person has no security stamp.", nameof(user)),
            Way = way,
            BeganAt = now,
            ProvenAt = now,
            LastSeenAt = now,
            From = from,
            Browser = browser is { Length: > BrowserLength } ? browser[..BrowserLength] : browser,
        };
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        db.Add(session);
        var person = new Actor(user.Id, user.DisplayName, user.Role) { From = from };
        audit.Add(db, person, "People.SignedIn", person.Name, detail: way.ToMessage());
        await db.SaveChangesAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>Returns the person of a session, as the store knows them now. Null when the session has ended.</summary>
    /// <param name="stamp">The security stamp in the cookie. A new one ends all sessions that began before.</param>
    public async Task<SignedInPerson?> FindAsync(string userId, string stamp, string id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var needed = SecondFactorPolicy.Value(db);
        return await (
            from user in db.Set<AppUser>()
            join session in Open(db, clock.GetUtcNow()) on user.Id equals session.UserId
            where user.Id == userId && user.SecurityStamp == stamp && session.Stamp == stamp && session.Id == id
            select new SignedInPerson(user.DisplayName, user.Role, session.Way, session.ProvenAt, needed.FirstOrDefault())
        ).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Returns whether the session of the person still exists, and keeps that it was used.</summary>
    public async Task<bool> IsOpenAsync(string? id, string? userId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var unseen = now - SeenEvery;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = Open(db, now).Where(session => session.Id == id && session.UserId == userId);
        var seen = await open.Select(session => (DateTimeOffset?)session.LastSeenAt).SingleOrDefaultAsync(cancellationToken);
        if (seen < unseen)
            await open.ExecuteUpdateAsync(set => set.SetProperty(session => session.LastSeenAt, now), cancellationToken);
        return seen is not null;
    }

    /// <summary>Returns the open sessions of the person, the last used first.</summary>
    /// <param name="current">The id of the session from which the person asks.</param>
    public async Task<IReadOnlyList<SessionRow>> ListAsync(Actor actor, string? current, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Open(db, clock.GetUtcNow())
            .Where(session =>
                session.UserId == actor.Id && db.Set<AppUser>().Any(user => user.Id == actor.Id && user.SecurityStamp == session.Stamp)
            )
            .OrderByDescending(session => session.LastSeenAt)
            .Select(session => new SessionRow(
                // A part of the id is enough to end it. The whole id is a secret, also on a page.
                session.Id.Substring(0, 8),
                session.Way,
                session.BeganAt,
                session.LastSeenAt,
                session.From,
                session.Browser,
                session.Id == current
            ))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends a session of the person who asks. Does nothing when it has ended.</summary>
    /// <param name="name">The beginning of the id, see <see cref="SessionRow.Name"/>.</param>
    public async Task EndAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        if (name.Length != 8)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var ended = await db.Set<Session>()
            .Where(session => session.UserId == actor.Id && session.Id.StartsWith(name))
            .ToListAsync(cancellationToken);
        if (ended.Count == 0)
            return;
        db.RemoveRange(ended);
        audit.Add(db, actor, "People.SessionEnded", actor.Name);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Ends the session of a person who signs out.</summary>
    public async Task SignOutAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (
            await db.Set<Session>().SingleOrDefaultAsync(session => session.Id == id && session.UserId == actor.Id, cancellationToken)
            is not { } session
        )
            return;
        db.Remove(session);
        audit.Add(db, actor, "People.SignedOut", actor.Name);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Ends all sessions of a person: the actor's own, or those of another person if the actor may manage people.</summary>
    /// <param name="except">The id of a session that stays. Null to end all.</param>
    /// <exception cref="LocalizedException">The person does not exist, or the actor is not allowed to.</exception>
    public async Task EndAllAsync(Actor actor, string userId, string? except, CancellationToken cancellationToken)
    {
        if (actor.Id != userId)
            ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var user =
            await db.Set<AppUser>().SingleOrDefaultAsync(user => user.Id == userId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("People.Gone"));
        db.RemoveRange(
            await db.Set<Session>().Where(session => session.UserId == userId && session.Id != except).ToListAsync(cancellationToken)
        );
        audit.Add(db, actor, "People.SignedOutEverywhere", user.DisplayName);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Keeps the session when its person has got a new security stamp, which ends the others.</summary>
    public async Task RenewAsync(string id, string stamp, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Session>()
            .Where(session => session.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.Stamp, stamp), cancellationToken);
    }

    /// <summary>Keeps in the session that the person has proved once more who they are.</summary>
    public async Task ProvenAsync(string id, SignInWay way, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Session>()
            .Where(session => session.Id == id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(session => session.ProvenAt, now).SetProperty(session => session.Way, way),
                cancellationToken
            );
    }
}

/// <summary>The person of a session.</summary>
/// <param name="ProvenAt">When the person last proved who they are.</param>
public sealed record SignedInPerson(string Name, Role Role, SignInWay Way, DateTimeOffset ProvenAt, string? RolesWithSecondFactor)
{
    /// <summary>Whether the role needs a second factor, and the session began with the password only.</summary>
    public bool LacksSecondFactor => Way == SignInWay.Password && SecondFactorPolicy.Parse(RolesWithSecondFactor).Contains(Role);
}

/// <summary>A session in the list of its person.</summary>
/// <param name="Name">The beginning of its id. It does not open the session.</param>
/// <param name="IsCurrent">Whether it is the session that asks.</param>
public sealed record SessionRow(
    string Name,
    SignInWay Way,
    DateTimeOffset BeganAt,
    DateTimeOffset LastSeenAt,
    string? From,
    string? Browser,
    bool IsCurrent
);
