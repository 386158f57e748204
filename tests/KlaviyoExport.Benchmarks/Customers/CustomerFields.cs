using System.Globalization;
using KlaviyoExport.Exports;

namespace KlaviyoExport.Benchmarks.Customers;

/// <summary>The fifteen fields beside key and address: names, a phone number, a place, and properties of several types.</summary>
internal static class CustomerFields
{
    public static readonly string[] FirstNames =
    [
        "Ana",
        "Marko",
        "Jelena",
        "Nikola",
        "Jordi",
        "Laia",
        "Montserrat",
        "Pau",
        "Aleksandra",
        "Dragan",
        "Mireia",
        "Oriol",
    ];

    public static readonly string[] LastNames =
    [
        "Petrovic",
        "Jovanovic",
        "Puig",
        "Ferrer",
        "Nikolic",
        "Vidal",
        "Stankovic",
        "Soler",
        "Ilic",
        "Camps",
        "Milosavljevic",
        "Roca",
    ];

    private static readonly string[] Titles = ["Buyer", "Owner", "Manager", "Assistant"];
    private static readonly string[] Cities = ["Novi Sad", "Girona", "Niš", "Vic", "Београд", "Barcelona", "Суботица", "Reus"];
    private static readonly string[] Countries = ["RS", "ES"];
    private static readonly string[] Tiers = ["Bronze", "Silver", "Gold", "Platinum"];
    private static readonly string[] Interests = ["Garden", "Kitchen", "Books", "Toys", "Sport"];

    public static IReadOnlyList<FieldMapping> Mappings { get; } =
    [
        new("first_name", "first_name"),
        new("last_name", "last_name"),
        new("phone", "phone_number"),
        new("company", "organization"),
        new("job", "title"),
        new("street", "location.address1"),
        new("city", "location.city"),
        new("zip", "location.zip"),
        new("country", "location.country"),
        new("tier", "properties.Tier"),
        new("interest", "properties.Interest"),
        new("orders", "properties.Orders"),
        new("total_spent", "properties.Total spent"),
        new("last_order", "properties.Last order"),
        new("newsletter", "properties.Newsletter"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Mappings.Select(mapping => mapping.Field)];

    public static int Count => Mappings.Count;

    /// <param name="isChanged">Whether the customer has ordered since.</param>
    public static string[] Values(int row, bool isChanged)
    {
        var dice = new Dice(-1 - row);
        var orders = dice.Next(40) + 1;
        return
        [
            dice.Pick(FirstNames),
            dice.Pick(LastNames),
            Text($"+38164{row:0000000}"),
            Text($"Company {dice.Next(5_000)}"),
            dice.Pick(Titles),
            Text($"Main Street {dice.Next(200) + 1}"),
            dice.Pick(Cities),
            Text($"{dice.Next(90_000) + 10_000}"),
            dice.Pick(Countries),
            dice.Pick(Tiers),
            dice.Pick(Interests),
            Text($"{(isChanged ? orders + 1 : orders)}"),
            Text($"{orders * (dice.Next(14_500) + 500) / 100m:0.00}"),
            Text($"20{dice.Next(6) + 20}-{dice.Next(12) + 1:00}-{dice.Next(28) + 1:00}"),
            dice.Next(100) < 62 ? "true" : "false",
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
