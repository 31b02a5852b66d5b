// Package lifecycle holds what a local and a remote command have in common: which script runs when.
package lifecycle

// Scripts are the commands of a resource's life.
type Scripts struct {
	// Triggers replace the resource when any of them changes.
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// OnUpdate is the script for a change of inputs: that of creation unless there is one for updates.
func (s Scripts) OnUpdate() *string {
	if s.Update != nil {
		return s.Update
	}
	return s.Create
}
