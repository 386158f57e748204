using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Counts the effects on the values of many profiles, to store them together. Not thread-safe.</summary>
internal sealed class FieldTally
{
    private readonly Dictionary<(string Attribute, FieldEffect Effect), FieldOutcome> _outcomes = [];

    /// <summary>The attributes and effects that were counted.</summary>
    public IEnumerable<(string Attribute, FieldEffect Effect)> Kinds => _outcomes.Keys;

    public void Add(string attribute, FieldEffect effect, string profileKey, string? note = null)
    {
        if (!_outcomes.TryGetValue((attribute, effect), out var outcome))
            _outcomes.Add((attribute, effect), outcome = new FieldOutcome { Attribute = attribute, Effect = effect });
        outcome.Count++;
        if (outcome.Examples.Count < FieldOutcome.MostExamples)
            outcome.Examples.Add(new FieldExample(profileKey, note));
    }

    /// <summary>
    /// Adds the counts to those that the run has stored, in the caller's context. They are saved together with what they describe, in a
    /// transaction that holds the claim of the run, so that nothing is counted twice.
    /// </summary>
    public async Task AddToAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        if (_outcomes.Count == 0)
            return;
        var stored = await db.Set<FieldOutcome>().Where(outcome => outcome.RunId == runId).ToListAsync(cancellationToken);
        foreach (var added in _outcomes.Values)
            if (stored.Find(one => one.Attribute == added.Attribute && one.Effect == added.Effect) is { } outcome)
            {
                outcome.Count += added.Count;
                outcome.Examples = [.. outcome.Examples.Concat(added.Examples).Take(FieldOutcome.MostExamples)];
            }
            else
                db.Set<FieldOutcome>()
                    .Add(
                        new FieldOutcome
                        {
                            RunId = runId,
                            Attribute = added.Attribute,
                            Effect = added.Effect,
                            Count = added.Count,
                            Examples = added.Examples,
                        }
                    );
    }

    /// <summary>
    /// Makes the counts of some effects those that the run has stored, in the caller's context, so that it does no harm to store them again.
    /// </summary>
    /// <param name="db">The context. It is saved in a transaction that holds the claim of the run.</param>
    /// <param name="runId">The run.</param>
    /// <param name="effects">All effects that this tally counts, and that no other tally of the run counts.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task ReplaceAsync(AppDb db, int runId, IReadOnlyCollection<FieldEffect> effects, CancellationToken cancellationToken)
    {
        await db.Set<FieldOutcome>()
            .Where(outcome => outcome.RunId == runId && effects.Contains(outcome.Effect))
            .ExecuteDeleteAsync(cancellationToken);
        db.Set<FieldOutcome>()
            .AddRange(
                _outcomes.Values.Select(outcome => new FieldOutcome
                {
                    RunId = runId,
                    Attribute = outcome.Attribute,
                    Effect = outcome.Effect,
                    Count = outcome.Count,
                    Examples = [.. outcome.Examples],
                })
            );
    }

    /// <summary>Returns a copy of the counts.</summary>
    public FieldTally Copy()
    {
        var copy = new FieldTally();
        foreach (var (kind, outcome) in _outcomes)
            copy._outcomes.Add(
                kind,
                new FieldOutcome
                {
                    Attribute = outcome.Attribute,
                    Effect = outcome.Effect,
                    Count = outcome.Count,
                    Examples = [.. outcome.Examples],
                }
            );
        return copy;
    }
}
