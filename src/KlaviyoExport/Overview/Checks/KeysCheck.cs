using System.Security.Cryptography;
using KlaviyoExport.Data;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that the encryption keys can be read and decrypt the stored secrets.</summary>
internal sealed class KeysCheck(IEnumerable<SecretColumn> columns, SecretTable table, SecretProtector secrets, RefreshableKeys keys)
{
    private const string Area = "encryption keys";

    // Addresses may be many, and are encrypted with the same keys.
    private const int MostOfColumn = 1_000;

    private const string Cure =
        "Restore the folder keys of DataDirectory (or the certificate of DataProtection:Certificate and OldCertificates) from the backup. "
        + "Otherwise enter the keys of the connections and the passwords of the sources again, and add the webhooks again.";

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var (checkedValues, unreadable) = (0L, new List<string>());
        foreach (var column in columns)
        {
            var (count, bad) = (0, 0);
            await foreach (var stored in table.ReadAsync(column, cancellationToken))
            {
                if (++count > MostOfColumn)
                    break;
                if (SecretEnvelope.KeyOf(stored.Value) is not null && !CanRead(stored, column))
                    bad++;
            }
            checkedValues += count;
            if (bad > 0)
                unreadable.Add($"{column.Name} ({bad})");
        }
        var rings = keys.GetAllKeys().Count;
        return unreadable.Count > 0
                ? Finding.Fault(
                    Area,
                    null,
                    rings == 0
                        ? $"There are no keys, and the store has secrets that need them: {string.Join(", ", unreadable)}."
                        : $"The keys cannot decrypt stored secrets: {string.Join(", ", unreadable)}.",
                    Cure
                )
            : rings == 0 ? Finding.Ok(Area, null, "There are none yet, and no secret needs one.")
            : Finding.Ok(Area, null, $"{rings} keys; {checkedValues} stored secrets were decrypted.");
    }

    private bool CanRead(StoredSecret stored, SecretColumn column)
    {
        try
        {
            secrets.DemandReadable(stored.Value, column.Kind);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
