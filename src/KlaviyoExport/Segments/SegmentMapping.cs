using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Segments;

internal sealed class SegmentMapping : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> builder)
    {
        builder.ToTable("Segments");
        builder.Property(segment => segment.Name).HasMaxLength(100);
        builder.HasIndex(segment => segment.Name).IsUnique();
        builder.Property(segment => segment.Definition).IsJson();
        builder.HasOne(segment => segment.Source).WithMany().HasForeignKey(segment => segment.SourceId).OnDelete(DeleteBehavior.Restrict);
    }
}
