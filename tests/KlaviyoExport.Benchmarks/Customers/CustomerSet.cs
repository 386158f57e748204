using System.Globalization;

namespace KlaviyoExport.Benchmarks.Customers;

/// <summary>
/// Customers that are the same in every run of the benchmarks. Of a million, 955,420 can be delivered; the others have no address, an
/// invalid one, or that of another customer in capitals. They are scattered over the file, and the order of the keys is another one.
/// </summary>
/// <param name="Rows">The number of rows, at least 1,000.</param>
/// <param name="Fields">The number of fields beside key and address: 0 or <see cref="CustomerFields.Count"/>.</param>
internal sealed record CustomerSet(int Rows, int Fields)
{
    private const double DeliverableShare = 0.95542;
    private const double WithoutEmailShare = 0.015;
    private const double InvalidShare = 0.015;

    // Primes, so that a step of this many rows visits all rows of any usual number.
    private const long PlaceStep = 7_919;
    private const long KeyStep = 104_729;

    private static readonly string[] Domains = ["example.com", "mail.example", "post.example", "example.org"];

    public static IReadOnlyList<string> KeyAndEmail { get; } = ["customer_id", "email"];

    public IReadOnlyList<string> Columns => Fields == 0 ? KeyAndEmail : [.. KeyAndEmail, .. CustomerFields.Names];

    public int Deliverable => (int)Math.Round(Rows * DeliverableShare);

    public int WithoutEmail => (int)Math.Round(Rows * WithoutEmailShare);

    public int Invalid => (int)Math.Round(Rows * InvalidShare);

    public int Duplicates => Rows - Deliverable - WithoutEmail - Invalid;

    /// <summary>
    /// The share of the deliverable customers that have changed: a field of theirs, or without fields the address, which makes them new
    /// customers.
    /// </summary>
    public double Changed { get; init; }

    public int ChangedCount => (int)Math.Round(Deliverable * Changed);

    /// <summary>The values of all rows, in the order of <see cref="Columns"/>. None contains a comma, a quote or a line break.</summary>
    public IEnumerable<string[]> Values()
    {
        for (var row = 0; row < Rows; row++)
        {
            var place = (int)(row * PlaceStep % Rows);
            // The changed places are the last deliverable ones. No duplicate repeats them.
            var isChanged = place < Deliverable && place >= Deliverable - ChangedCount;
            string[] values = [Text($"C{row * KeyStep % Rows:0000000}"), Address(place, isChanged && Fields == 0)];
            yield return Fields == 0 ? values : [.. values, .. CustomerFields.Values(row, isChanged)];
        }
    }

    private string Address(int place, bool isChanged) =>
        place < Deliverable ? Address(isChanged ? place + Rows : place)
        : place < Deliverable + WithoutEmail ? ""
        : place < Deliverable + WithoutEmail + Invalid ? Address(place).Replace('@', ' ')
        : Address(place - Deliverable).ToUpperInvariant();

    private static string Address(int number)
    {
        var dice = new Dice(number);
        var (first, last) = (dice.Pick(CustomerFields.FirstNames), dice.Pick(CustomerFields.LastNames));
        return Text($"{first}.{last}.{number}@{dice.Pick(Domains)}").ToLowerInvariant();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
