using System.Globalization;
using System.Security.Cryptography;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The recovery codes of a person as the store keeps them: hashed with PBKDF2, because whoever has the store could try all codes of about
/// 47 random bits. The codes of a person share their salt, so that trying one takes one hash.
/// </summary>
internal sealed class RecoveryCodeHashes
{
    private readonly int _rounds;
    private readonly byte[] _salt;
    private readonly List<string> _hashes;

    private RecoveryCodeHashes(int rounds, byte[] salt, List<string> hashes) => (_rounds, _salt, _hashes) = (rounds, salt, hashes);

    /// <summary>The number of codes that were not used.</summary>
    public int Count => _hashes.Count;

    /// <param name="rounds">Of PBKDF2.</param>
    public static RecoveryCodeHashes Of(IEnumerable<string> codes, int rounds)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new(rounds, salt, [.. codes.Select(code => Hash(code, rounds, salt))]);
    }

    /// <param name="kept">The result of <see cref="ToString"/>. Empty for no codes.</param>
    public static RecoveryCodeHashes Parse(string kept) =>
        kept.Split(' ') is [var rounds, var salt, .. var hashes]
            ? new(int.Parse(rounds, CultureInfo.InvariantCulture), Convert.FromHexString(salt), [.. hashes])
            : new(1, [], []);

    /// <summary>Uses up a code.</summary>
    /// <returns>The codes that remain. Null when it is not one of them.</returns>
    public RecoveryCodeHashes? Without(string code)
    {
        var left = _hashes.ToList();
        // How long the comparison of the hash of a random code takes says nothing about the code.
        return left.Remove(Hash(code, _rounds, _salt)) ? new(_rounds, _salt, left) : null;
    }

    public override string ToString() =>
        string.Join(' ', [_rounds.ToString(CultureInfo.InvariantCulture), Convert.ToHexStringLower(_salt), .. _hashes]);

    private static string Hash(string code, int rounds, byte[] salt) =>
        Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(code, salt, rounds, HashAlgorithmName.SHA512, outputLength: 20));
}
