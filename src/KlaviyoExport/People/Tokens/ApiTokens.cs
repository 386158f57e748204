using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Tokens;

/// <summary>
/// Creates, finds and revokes the tokens of the HTTP API. People manage their own tokens. Administrators also manage those of service
/// accounts, and may see and revoke those of other people.
/// </summary>
public sealed class ApiTokens(IDbContextFactory<AppDb> stores, Audit audit, TimeProvider clock)
{
    /// <summary>The longest life of a token in days.</summary>
    public const int LongestDays = 366;

    /// <summary>The first characters of every token, by which secret scanners recognise one.</summary>
    public const string Prefix = "kex_";

    private const int NameLength = 60;
    private const int MostPerOwner = 50;

    /// <summary>The precision of <see cref="ApiToken.LastUsedAt"/>. Saves a write per request.</summary>
    private static readonly TimeSpan UsePrecision = TimeSpan.FromMinutes(1);

    /// <summary>Returns the tokens of a person or service account, newest first. Includes expired tokens.</summary>
    /// <exception cref="NotAllowedException">The owner is someone else, and the actor may not manage people.</exception>
    public async Task<IReadOnlyList<ApiTokenRow>> ListAsync(Actor actor, string ownerId, CancellationToken cancellationToken)
    {
        if (actor.Id != ownerId)
            ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var owner = await OwnerAsync(db, ownerId, cancellationToken);
        var tokens = await db.Set<ApiToken>()
            .AsNoTracking()
            .Where(token => token.OwnerId == ownerId)
            .OrderByDescending(token => token.Id)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return tokens.ConvertAll(token => new ApiTokenRow(
            token.Id,
            token.Name,
            Roles.Capped(token.Role, owner.Role),
            token.Scopes,
            token.Ending,
            token.CreatedAt,
            token.CreatedBy,
            token.ExpiresAt,
            token.LastUsedAt,
            token.ExpiresAt <= now
        ));
    }

    /// <summary>Creates a token of the actor, or of a service account if the actor may manage people.</summary>
    /// <exception cref="NotAllowedException">The owner is another person, or a service account that the actor may not manage.</exception>
    /// <exception cref="LocalizedException">
    /// The name is empty, too long or taken, no scope was chosen, the role permits more than the owner's, the days are out of range, or the
    /// owner has too many tokens.
    /// </exception>
    public async Task<CreatedApiToken> CreateAsync(Actor actor, string ownerId, NewApiToken wanted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (actor.Id != ownerId)
            ManagePeople.Rule.Demand(actor);
        var owner = await OwnerAsync(db, ownerId, cancellationToken);
        // A token acts in the name of its owner, so nobody creates one for another person.
        if (actor.Id != ownerId && !owner.IsServiceAccount)
            throw new NotAllowedException();
        var name = wanted.Name.Trim();
        if (name.Length is 0 or > NameLength || name.Any(char.IsControl))
            throw Fault("TokenNameNeeded", NameLength);
        if (wanted.Scopes == ApiScopes.None)
            throw Fault("TokenScopeNeeded");
        if (!owner.Role.Covers(wanted.Role))
            throw Fault("TokenRoleTooHigh", wanted.Role.ToMessage(), owner.Role.ToMessage());
        if (wanted.Days is < 1 or > LongestDays)
            throw Fault("TokenDays", LongestDays);
        var others = await db.Set<ApiToken>()
            .Where(token => token.OwnerId == ownerId)
            .Select(token => token.Name)
            .ToListAsync(cancellationToken);
        if (others.Contains(name))
            throw Fault("TokenNameTaken", name);
        if (others.Count >= MostPerOwner)
            throw Fault("TokenTooMany", MostPerOwner);

        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        var token = new ApiToken
        {
            OwnerId = ownerId,
            Name = name,
            Hash = HashOf(secret),
            Ending = secret[^4..],
            Role = wanted.Role,
            Scopes = wanted.Scopes,
            CreatedAt = now,
            CreatedBy = actor.Name,
            ExpiresAt = now.AddDays(wanted.Days),
        };
        db.Set<ApiToken>().Add(token);
        var (of, role, scopes) = (owner.DisplayName, wanted.Role.ToMessage(), wanted.Scopes.ToMessage());
        var facts = new LocalizedMessage("People.TokenFacts", of, role, scopes, token.ExpiresAt);
        audit.Add(db, actor, "People.TokenCreated", name, detail: facts);
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedApiToken(token.Id, secret, token.ExpiresAt);
    }

    /// <summary>Revokes a token. Requests with it are refused from now on.</summary>
    /// <exception cref="NotAllowedException">The token is someone else's, and the actor may not manage people.</exception>
    /// <exception cref="GoneException">The token does not exist.</exception>
    public async Task RevokeAsync(Actor actor, int tokenId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var token =
            await db.Set<ApiToken>().SingleOrDefaultAsync(token => token.Id == tokenId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("People.TokenGone"));
        if (actor.Id != token.OwnerId)
            ManagePeople.Rule.Demand(actor);
        var owner = await OwnerAsync(db, token.OwnerId, cancellationToken);
        db.Set<ApiToken>().Remove(token);
        audit.Add(db, actor, "People.TokenRevoked", token.Name, detail: new LocalizedMessage("People.TokenOf", owner.DisplayName));
        await db.SaveAsync(cancellationToken);
    }

    /// <summary>Finds who sent a request with a token, and notes that the token was used.</summary>
    /// <returns>Null when the token is unknown, revoked or expired, or its owner was removed.</returns>
    public async Task<ApiCaller?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var hash = HashOf(secret);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var found = await db.Set<ApiToken>()
            .AsNoTracking()
            .Where(token => token.Hash == hash)
            .Join(
                db.Set<AppUser>(),
                token => token.OwnerId,
                owner => owner.Id,
                (token, owner) =>
                    new
                    {
                        Token = token,
                        Owner = owner.DisplayName,
                        owner.Role,
                    }
            )
            .SingleOrDefaultAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (found is null || found.Token.ExpiresAt <= now)
            return null;
        if (!(found.Token.LastUsedAt > now - UsePrecision))
            await NoteUseAsync(db, found.Token.Id, now, cancellationToken);
        return new ApiCaller(
            new Actor(found.Token.OwnerId, $"{found.Owner} ({found.Token.Name})", Roles.Capped(found.Token.Role, found.Role)),
            found.Token.Id,
            found.Token.Name,
            found.Token.Scopes,
            found.Token.ExpiresAt
        );
    }

    private static async Task NoteUseAsync(AppDb db, int id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var unused = now - UsePrecision;
        try
        {
            await db.Set<ApiToken>()
                .Where(token => token.Id == id && (token.LastUsedAt == null || token.LastUsedAt <= unused))
                .ExecuteUpdateAsync(set => set.SetProperty(token => token.LastUsedAt, now), cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // A request that only reads should not fail because somebody else writes. The next one notes the use.
        }
    }

    private static async Task<AppUser> OwnerAsync(AppDb db, string ownerId, CancellationToken cancellationToken) =>
        await db.Set<AppUser>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == ownerId, cancellationToken)
        ?? throw new GoneException(new LocalizedMessage("People.Gone"));

    // The token is 256 random bits, so a fast hash without a salt is enough.
    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static LocalizedException Fault(string code, params IReadOnlyList<object?> arguments) =>
        new(new LocalizedMessage("People." + code, arguments));
}
