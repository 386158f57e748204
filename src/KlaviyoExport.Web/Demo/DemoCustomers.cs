using System.Globalization;
using System.Text;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Generates 5,000 fictional customers with the faults of real data: email addresses that are missing, malformed, repeated in another case
/// or with spaces, or rejected only by Klaviyo, invalid phone numbers, and lines without a key. The customers are the same in every
/// installation, except for the dates, which are close to the day on which they are generated.
/// </summary>
internal static class DemoCustomers
{
    public const int Count = 5_000;
    private const int Seed = 20_261_122;
    private const string Header =
        "customer_id,email,first_name,last_name,phone,city,country,tier,orders,total_spent,last_order,newsletter,note";

    public static IEnumerable<string> Lines(DateOnly today)
    {
        // A fixed seed gives the same customers in every installation. Nothing here is secret, so a weak random generator is sufficient.
#pragma warning disable CA5394
        var random = new Random(Seed);
        var addresses = new List<string>();
        yield return Header;
        for (var number = 1; number <= Count; number++)
        {
            yield return Line(number, random, addresses, today);
            if (number is 1_234 or 3_456)
                yield return ",this line has,no customer_id";
        }
    }

    private static string Line(int number, Random random, List<string> addresses, DateOnly today)
    {
        var place = Pick(DemoNames.Places, random);
        var (first, last) = (Pick(place.FirstNames, random), Pick(place.LastNames, random));
        var orders = random.Next(10) == 0 ? 0 : random.Next(1, 40);
        string?[] values =
        [
            $"C-{number:00000}",
            Address(number, first, last, random, addresses),
            random.Next(40) == 0 ? null : first,
            random.Next(50) == 0 ? null : last,
            Phone(place, random),
            Pick(place.Cities, random),
            place.Country,
            Pick(DemoNames.Tiers, random),
            orders.ToString(CultureInfo.InvariantCulture),
            (orders * random.Next(500, 15_000) / 100m).ToString("0.00", CultureInfo.InvariantCulture),
            orders == 0 ? null : today.AddDays(-random.Next(0, 900)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            random.Next(100) < 62 ? "true" : "false",
            random.Next(60) == 0 ? "Said: \"call me back\",\nthen hung up" : null,
        ];
        return string.Join(',', values.Select(Quoted));
    }

    private static string? Address(int number, string first, string last, Random random, List<string> addresses)
    {
        var chance = random.Next(1_000);
        if (chance < 40)
            return null;
        if (chance < 80 && addresses.Count > 0)
            return Disguised(Pick(addresses, random), random);
        var name = $"{Plain(first)}.{Plain(last)}.{number}";
        var domain = chance is >= 995
            ? "async-fail.example"
            : random.Next(3) switch
            {
                0 => "mail.example",
                1 => "post.example",
                _ => "example.com",
            };
        if (chance < 110)
            return string.Format(CultureInfo.InvariantCulture, Pick(DemoNames.Slips, random), name, domain);
        addresses.Add($"{name}@{domain}");
        return addresses[^1];
    }

    private static string Disguised(string address, Random random) =>
        random.Next(3) switch
        {
            0 => address.ToUpperInvariant(),
            1 => $"  {address} ",
            _ => address,
        };

    private static string? Phone(DemoPlace place, Random random) =>
        random.Next(100) switch
        {
            < 45 => null,
            < 46 => "call the office",
            _ => place.Phone + random.Next(1_000_000, 9_999_999).ToString(CultureInfo.InvariantCulture)[..6],
        };

    private static T Pick<T>(IReadOnlyList<T> of, Random random) => of[random.Next(of.Count)];
#pragma warning restore CA5394

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
            plain.Append(
                DemoNames.Latin.GetValueOrDefault(letter)
                    ?? string.Concat(letter.ToString().Normalize(NormalizationForm.FormD).Where(char.IsAsciiLetter))
            );
        return plain.Length > 20 ? plain.ToString(0, 20) : plain.ToString();
    }

    private static string Quoted(string? value) =>
        value is null ? ""
        : value.AsSpan().ContainsAny(",\"\n ") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;
}
