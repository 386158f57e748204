namespace KlaviyoExport.Web.Demo;

/// <summary>Names and places of the fictional customers: two scripts, accents, apostrophes and very long names.</summary>
internal static class DemoNames
{
    public static IReadOnlyList<DemoPlace> Places { get; } =
    [
        new(
            "Serbia",
            ["Београд", "Нови Сад", "Ниш", "Крагујевац", "Суботица"],
            "+38160",
            ["Јелена", "Милица", "Никола", "Стефан", "Душан", "Љиљана", "Ђорђе", "Живко", "Тамара", "Бојан"],
            ["Петровић", "Јовановић", "Николић", "Ђорђевић", "Стојановић", "Хаџи-Поповић", "Живковић"]
        ),
        new(
            "Spain",
            ["Barcelona", "Girona", "Sant Cugat del Vallès", "L'Hospitalet de Llobregat", "Lleida"],
            "+34600",
            ["Núria", "Mercè", "Oriol", "Jordi", "Laia", "Marçal", "Àlex", "Montserrat", "Roser", "Pol"],
            ["Puig", "Vilà i Serra", "Ferrer", "Muñoz", "Gràcia", "Roca Castellà", "d'Assumpció"]
        ),
        new(
            "Germany",
            ["Köln", "München", "Berlin", "Lübeck"],
            "+49151",
            ["Jürgen", "Käthe", "Sören", "Lena", "Björn", "Maximilian Alexander"],
            ["Müller", "Groß", "Schäfer-Böhm", "von und zu Hohenlohe-Waldenburg-Schillingsfürst", "Weiß"]
        ),
        new(
            "France",
            ["Paris", "Orléans", "Saint-Étienne", "Nîmes"],
            "+33612",
            ["Hélène", "François", "Zoé", "Loïc", "Chloé", "Jean-Baptiste"],
            ["Lefèvre", "D'Artagnan", "Bérénger", "de La Rochefoucauld", "Noël"]
        ),
        new(
            "United Kingdom",
            ["London", "York", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"],
            "+44770",
            ["Olivia", "Jack", "Siân", "Amelia", "Rhys", "George"],
            ["O'Brien", "Smith", "Llewellyn-Jones", "Featherstonehaugh", "Null"]
        ),
    ];

    public static IReadOnlyList<string> Tiers { get; } = ["", "Bronze", "Silver", "Gold", "Platinum"];

    /// <summary>The Latin letters for Serbian Cyrillic letters, as used in email addresses.</summary>
    public static IReadOnlyDictionary<char, string> Latin { get; } =
        "а a,б b,в v,г g,д d,ђ dj,е e,ж z,з z,и i,ј j,к k,л l,љ lj,м m,н n,њ nj,о o,п p,р r,с s,т t,ћ c,у u,ф f,х h,ц c,ч c,џ dz,ш s"
            .Split(',')
            .ToDictionary(pair => pair[0], pair => pair[2..]);

    /// <summary>Formats of malformed email addresses. {0} is the part before the @, {1} the part after it.</summary>
    public static IReadOnlyList<string> Slips { get; } =
    ["{0}.{1}", "{0}@@{1}", "{0}@", "@{1}", "{0} at {1}", "{0}@localhost..{1}", "n/a", "{0}@{1}, work: {0}@office.example", "<{0}@{1}"];
}

/// <summary>A country that the fictional customers live in.</summary>
/// <param name="Phone">The prefix of its mobile numbers in international format.</param>
internal sealed record DemoPlace(
    string Country,
    IReadOnlyList<string> Cities,
    string Phone,
    IReadOnlyList<string> FirstNames,
    IReadOnlyList<string> LastNames
);
