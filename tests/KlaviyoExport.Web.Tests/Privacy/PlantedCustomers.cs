namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>A file of customers whose addresses and phone numbers are canaries.</summary>
internal static class PlantedCustomers
{
    /// <summary>The person who is erased after the run.</summary>
    public const string Erased = "erased.kanarinac@kaveza.example";

    private static readonly (string Name, string Text)[] Planted =
    [
        ("a sent address", "sent.kanarinac@kaveza.example"),
        ("an erased address", Erased),
        ("a refused address", "refused.kanarinac@async-fail.example"),
        ("an invalid address", "invalid.kanarinac kod kaveza"),
        ("an address that is there twice", "dvaput.kanarinac@kaveza.example"),
        ("an address of a row without key", "bezkljuca.kanarinac@kaveza.example"),
        ("an address of a row whose key is there twice", "kljuc.kanarinac@kaveza.example"),
        ("an address outside of the segment", "napolju.kanarinac@kaveza.example"),
        ("a sent phone number", "+381605550148"),
        ("a phone number that is none", "zovi kanarinca 605550177"),
        ("a note that no export uses", "beleska-o-kanarincu"),
    ];

    public static IEnumerable<Canary> Canaries => Planted.Select(one => new Canary(one.Name, CanaryKind.Customer, one.Text));

    public static string Csv =>
        $"""
            customer_id,email,first_name,phone,newsletter,note
            C-1,{Planted[0].Text},Sanja,{Planted[8].Text},true,
            C-2,{Planted[1].Text},Ema,,true,
            C-3,{Planted[2].Text},Rade,,true,
            C-4,{Planted[3].Text},Ivan,,true,
            C-5,{Planted[4].Text},Dara,{Planted[9].Text},true,{Planted[10].Text}
            C-6,{Planted[4].Text.ToUpperInvariant()},Dara,,true,
            C-7,{Planted[7].Text},Nada,,false,
            ,{Planted[5].Text},Bojan,,true,
            C-1,{Planted[6].Text},Kosta,,true,

            """;
}
