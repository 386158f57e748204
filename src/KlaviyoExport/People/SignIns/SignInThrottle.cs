using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.SignIns;

/// <summary>
/// Slows down people who guess passwords or codes, without locking out the person whose account they guess. Wrong attempts are counted for
/// an account from one network address, for the network address, and for the account. Accounts that do not exist are counted in the same
/// way, so that nobody learns from the answers which exist. Counts are in the store, so all servers share them. Addresses are kept as hashes,
/// until the count ends.
/// </summary>
public sealed class SignInThrottle(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>Wrong attempts for one account from one network address. They hold for five minutes from the first.</summary>
    public const int MostFromOnePlace = 5;

    /// <summary>Wrong attempts from one network address in a quarter of an hour, for all accounts.</summary>
    public const int MostFromAddress = 50;

    /// <summary>Wrong attempts for one account in an hour, from everywhere. Many addresses guess it together.</summary>
    public const int MostForAccount = 100;

    public static readonly TimeSpan PlaceWindow = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan AccountWindow = TimeSpan.FromHours(1);

    /// <summary>Returns whether the account must not be tried from this place now.</summary>
    /// <param name="kind">What is tried.</param>
    /// <param name="email">The email address of the account, which may not exist.</param>
    /// <param name="from">The network of the browser, which one person uses.</param>
    public async Task<bool> IsHeldAsync(ProofKind kind, string email, string from, CancellationToken cancellationToken)
    {
        var (now, counts) = (clock.GetUtcNow(), Counts(kind, email, from));
        var keys = counts.Select(count => count.Key).ToArray();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<SignInFailure>()
            .Where(failure => keys.Contains(failure.Key) && failure.EndsAt > now)
            .ToDictionaryAsync(failure => failure.Key, failure => failure.Count, cancellationToken);
        return counts.Any(count => stored.GetValueOrDefault(count.Key) >= count.Most);
    }

    /// <summary>Counts a wrong attempt.</summary>
    public async Task FailedAsync(ProofKind kind, string email, string from, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        foreach (var count in Counts(kind, email, from))
        {
            // Two first failures at the same time: the second one finds the row of the first.
            while (!await CountAsync(db, count, cancellationToken))
                db.ChangeTracker.Clear();
        }
    }

    /// <summary>Forgets the wrong attempts for the account from this place, after a correct one.</summary>
    public async Task SucceededAsync(ProofKind kind, string email, string from, CancellationToken cancellationToken)
    {
        var key = Counts(kind, email, from)[0].Key;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<SignInFailure>().Where(failure => failure.Key == key).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Forgets all wrong attempts for the account, after the person has proved in a stronger way who they are.</summary>
    public async Task ReleaseAsync(string email, CancellationToken cancellationToken)
    {
        var account = $"{Hash(Normal(email))}:";
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<SignInFailure>()
            .Where(failure => failure.Key.StartsWith("Password:" + account) || failure.Key.StartsWith("Code:" + account))
            .ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<bool> CountAsync(AppDb db, Counted count, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ends = now + count.Window;
        var counted = await db.Set<SignInFailure>()
            .Where(failure => failure.Key == count.Key)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(failure => failure.Count, failure => failure.EndsAt > now ? failure.Count + 1 : 1)
                        .SetProperty(failure => failure.EndsAt, failure => failure.EndsAt > now ? failure.EndsAt : ends),
                cancellationToken
            );
        if (counted > 0)
            return true;
        db.Add(
            new SignInFailure
            {
                Key = count.Key,
                Count = 1,
                EndsAt = ends,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException) when (db.Set<SignInFailure>().AsNoTracking().Any(failure => failure.Key == count.Key))
        {
            return false;
        }
    }

    private static Counted[] Counts(ProofKind kind, string email, string from)
    {
        var account = Hash(Normal(email));
        var place = Hash(from);
        return
        [
            new($"{kind}:{account}:{place}", MostFromOnePlace, PlaceWindow),
            new($"{kind}:{account}:", MostForAccount, AccountWindow),
            new($"From:{place}", MostFromAddress, AddressWindow),
        ];
    }

    private static string Normal(string email) => email.Trim().Normalize().ToUpperInvariant();

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private sealed record Counted(string Key, int Most, TimeSpan Window);
}

/// <summary>What a person can get wrong.</summary>
public enum ProofKind
{
    Password,

    /// <summary>A code of an authenticator app or a recovery code.</summary>
    Code,
}
